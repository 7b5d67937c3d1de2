package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.Interruption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The interruption of this process. The launcher, which receives the signals, finds it by the service property
 * {@code selfsup.launcher=interruption}.
 */
@Component(service = {Interruption.class, BooleanSupplier.class}, property = "selfsup.launcher=interruption")
public final class ProcessInterruption implements Interruption, BooleanSupplier {
    private final AtomicInteger watches = new AtomicInteger();
    private volatile boolean requested;

    @Override
    public Watch watch() {
        watches.incrementAndGet();
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
     * Asks for the end of the running command; called on a signal.
     *
     * @return whether a watch is open, so that the command will end by itself
     */
    @Override
    public boolean getAsBoolean() {
        requested = true;
        return watches.get() > 0;
    }

    @Deactivate
    void stop() {
        requested = true;
    }
}
