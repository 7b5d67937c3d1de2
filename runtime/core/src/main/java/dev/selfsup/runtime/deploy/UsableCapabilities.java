package dev.selfsup.runtime.deploy;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Keeps bundles from being wired to jars that are gone, replaced or not usable, though these are resolved. */
final class UsableCapabilities implements ResolverHookFactory, ResolverHook {
    private final Set<Bundle> unusable = ConcurrentHashMap.newKeySet();

    void exclude(Bundle bundle) {
        unusable.add(bundle);
    }

    void include(Bundle bundle) {
        unusable.remove(bundle);
    }

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return this;
    }

    @Override
    public void filterMatches(BundleRequirement requirement, Collection<BundleCapability> candidates) {
        Bundle bundle = requirement.getRevision().getBundle();
        candidates.removeIf(capability -> unusable.contains(capability.getRevision().getBundle()) && !capability.getRevision().getBundle().equals(bundle));
    }

    @Override
    public void filterSingletonCollisions(BundleCapability singleton, Collection<BundleCapability> collisions) {
        collisions.removeIf(capability -> unusable.contains(capability.getRevision().getBundle()));
    }

    @Override
    public void filterResolvable(Collection<BundleRevision> candidates) {
        // what is not usable may still be resolved, for those that hold it
    }

    @Override
    public void end() {
        // the same for every resolution
    }
}
