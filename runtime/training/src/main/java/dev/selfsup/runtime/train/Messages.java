package dev.selfsup.runtime.train;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Messages of a run to its user, from any thread: shown at once, and logged, the first of them as soon as the run has a log. */
final class Messages implements Consumer<String> {
    private final PrintStream out;
    private final List<String> early = new ArrayList<>();
    private RunLog log;

    /**
     * @param out where messages are shown until there is a log
     */
    Messages(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void accept(String line) {
        if (log == null) {
            out.println(line);
            early.add(line);
        } else {
            log.print(line);
        }
    }

    /** Logs what has been said so far, and hands on what follows. */
    synchronized void begin(RunLog begun) {
        log = begun;
        early.forEach(log::note);
        early.clear();
    }
}
