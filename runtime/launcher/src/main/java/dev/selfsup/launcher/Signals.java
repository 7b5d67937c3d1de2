package dev.selfsup.launcher;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.function.BooleanSupplier;
import sun.misc.Signal;

/**
 * The signals that end a process: the first one asks the running command to end, and ends the process where no command
 * takes the time to; the second one ends it in any case.
 */
@SuppressWarnings("sunapi")
final class Signals {
    private static final List<String> ENDING = List.of("INT", "TERM", "HUP");

    private final BooleanSupplier started;
    private final BooleanSupplier interruption;
    private final Runnable lastWish;
    private volatile int status;

    private Signals(BooleanSupplier started, BooleanSupplier interruption, Runnable lastWish) {
        this.started = started;
        this.interruption = interruption;
        this.lastWish = lastWish;
    }

    /**
     * Begins to handle signals.
     *
     * @param started whether there is a command; before that a signal ends the process at once
     * @param interruption asks the command to end, and answers whether it will
     * @param lastWish what is done before the process is ended at once
     */
    static Signals handle(BooleanSupplier started, BooleanSupplier interruption, Runnable lastWish) {
        Signals signals = new Signals(started, interruption, lastWish);
        ENDING.forEach(name -> Signal.handle(new Signal(name), signal -> signals.received(128 + signal.getNumber())));
        return signals;
    }

    /** Status of a process that a signal has ended: 130 for SIGINT, 143 for SIGTERM; 0 while there was none. */
    int status() {
        return status;
    }

    private void received(int ending) {
        if (!isFirst(ending) || !started.getAsBoolean()) {
            System.setErr(new PrintStream(OutputStream.nullOutputStream())); // what is going on misses what the last wish takes away
            lastWish.run();
            Runtime.getRuntime().halt(ending);
        }
        if (!interruption.getAsBoolean()) {
            System.exit(ending);
        }
    }

    private synchronized boolean isFirst(int ending) {
        boolean first = status == 0;
        status = ending;
        return first;
    }
}
