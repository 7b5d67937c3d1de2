package dev.selfsup.api.run;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The wish that a command ends: Ctrl-C, SIGTERM, {@code stop} for a job, or a container that shuts down. Work that must not be cut off, as a training run that first saves a checkpoint, is done under a watch:
 *
 * <pre>{@code
 * try (Interruption.Watch watch = interruption.watch()) {
 *     while (more() && !watch.requested()) { step(); }
 *     save();
 * }
 * }</pre>
 *
 * <p>While a watch is open the first signal only sets {@code requested}; the process exits with 130 (SIGINT) or 143
 * (SIGTERM) when the command has returned 0. A second signal ends it at once, and so does the first where no watch is open.
 */
@ProviderType
public interface Interruption {
    /** Begins work that ends by itself soon after it is asked to. */
    Watch watch();

    /** Work that is being done; closing it says that the process may end. */
    interface Watch extends AutoCloseable {
        /** Whether the work shall end, from the first signal on. */
        boolean requested();

        @Override
        void close();
    }
}
