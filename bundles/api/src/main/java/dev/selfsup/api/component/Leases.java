package dev.selfsup.api.component;

import org.osgi.annotation.versioning.ProviderType;

/** Opens leases of components: a service. Whatever uses components for longer than a moment holds one. */
@ProviderType
public interface Leases {
    /** Opens a lease, of no component at first. */
    Lease open();
}
