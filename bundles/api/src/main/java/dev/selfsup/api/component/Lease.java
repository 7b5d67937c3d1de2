package dev.selfsup.api.component;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The installed components, and the promise that those which were found here can be used until the lease is closed: the bundle of a component that has been
 * found keeps its classes and resources even when its jar is removed or replaced in the meantime. Other users no longer see it then.
 *
 * <pre>{@code
 * try (Lease components = leases.open()) {
 *     RunConfig run = RunConfig.of(config, components);
 *     ...
 * }
 * }</pre>
 */
@ProviderType
public interface Lease extends Components, AutoCloseable {
    /** Ends the promise. */
    @Override
    void close();
}
