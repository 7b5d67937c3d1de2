package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.Interruption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The interruption of one call. */
public final class CallInterruption implements Interruption, AutoCloseable {
    private final Consumer<CallInterruption> ended;
    private final Runnable begun;
    private final AtomicInteger watches = new AtomicInteger();
    private volatile boolean requested;

    /**
     * @param ended is told when the call has ended
     */
    CallInterruption(Consumer<CallInterruption> ended) {
        this(() -> { }, ended);
    }

    /**
     * @param begun is told, by the call's thread, of every watch, before the call goes on
     * @param ended is told when the call has ended
     */
    CallInterruption(Runnable begun, Consumer<CallInterruption> ended) {
        this.begun = begun;
        this.ended = ended;
    }

    @Override
    public Watch watch() {
        watches.incrementAndGet();
        begun.run();
        return new Watch() {
            private boolean closed;

            @Override
            public boolean requested() {
                return requested;
            }

            @Override
            public synchronized void close() {
                if (!closed) {
                    closed = true;
                    watches.decrementAndGet();
                }
            }
        };
    }

    /**
     * Asks the call to end.
     *
     * @return whether a watch is open, so that it will end by itself
     */
    public boolean request() {
        requested = true;
        return watches.get() > 0;
    }

    /** Whether the call has been asked to end. */
    public boolean requested() {
        return requested;
    }

    @Override
    public void close() {
        ended.accept(this);
    }
}
