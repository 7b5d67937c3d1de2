package dev.selfsup.runtime.plugins;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Which bundles are in use, and which may not be taken into use. A bundle whose jar is removed or replaced is retired: it is stopped, but keeps its classes and
 * resources until nobody holds it, or a bundle wired to it, any more; then it is uninstalled.
 */
@Component(service = BundleLeases.class)
public final class BundleLeases {
    private final Map<Bundle, Integer> holders = new HashMap<>();
    private final Set<Bundle> withheld = ConcurrentHashMap.newKeySet();
    private final Set<Bundle> retired = new LinkedHashSet<>();
    private final FrameworkWiring wiring;

    /** Made by the container. */
    @Activate
    public BundleLeases(BundleContext context) {
        wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }

    /** Bundles that one user holds; to be closed when it needs them no more. */
    public final class Hold implements AutoCloseable {
        private final Set<Bundle> held = new HashSet<>();

        private Hold() {}

        /**
         * Holds a bundle and those that it gets classes from.
         *
         * @param bundle a bundle; null for one that is gone
         * @return false if it may not be used, because it is gone or about to go
         */
        public boolean add(Bundle bundle) {
            synchronized (BundleLeases.this) {
                if (bundle == null || !offers(bundle)) {
                    return false;
                }
                Deque<Bundle> open = new ArrayDeque<>(List.of(bundle));
                while (!open.isEmpty()) {
                    Bundle next = open.pop();
                    if (held.add(next)) {
                        holders.merge(next, 1, Integer::sum);
                        open.addAll(providers(next));
                    }
                }
                return true;
            }
        }

        @Override
        public void close() {
            List<Bundle> free;
            synchronized (BundleLeases.this) {
                held.forEach(bundle -> holders.computeIfPresent(bundle, (key, count) -> count == 1 ? null : count - 1));
                held.clear();
                free = takeFree();
            }
            uninstall(free);
        }
    }

    /** Bundles from which a bundle gets packages or anything else. */
    static List<Bundle> providers(Bundle bundle) {
        BundleWiring wires = bundle.adapt(BundleWiring.class);
        return wires == null ? List.of() : wires.getRequiredWires(null).stream().map(BundleWire::getProvider).map(r -> r.getBundle()).distinct().toList();
    }

    /** A hold of no bundle at first. */
    public Hold open() {
        return new Hold();
    }

    /** Whether somebody may begin to use a bundle. */
    public boolean offers(Bundle bundle) {
        return !withheld.contains(bundle);
    }

    /** Lets nobody begin to use a bundle, until it is offered. */
    public synchronized void withhold(Bundle bundle) {
        withheld.add(bundle);
    }

    /** Lets everybody use a bundle. */
    public synchronized void offer(Bundle bundle) {
        withheld.remove(bundle);
    }

    /** Stops a bundle for good, and uninstalls it as soon as nobody holds it. */
    public void retire(Bundle bundle) {
        withhold(bundle);
        stop(bundle);
        List<Bundle> free;
        synchronized (this) {
            retired.add(bundle);
            free = takeFree();
        }
        uninstall(free);
    }

    /** Bundles that are still there only because somebody holds them. */
    public synchronized List<Bundle> retired() {
        return List.copyOf(retired);
    }

    private List<Bundle> takeFree() {
        List<Bundle> free = retired.stream().filter(bundle -> wiring.getDependencyClosure(List.of(bundle)).stream().noneMatch(holders::containsKey)).toList();
        free.forEach(retired::remove);
        return free;
    }

    private void uninstall(List<Bundle> bundles) {
        for (Bundle bundle : bundles) {
            try {
                bundle.uninstall();
            } catch (BundleException | IllegalStateException e) {
                continue; // the container is stopping: it goes with all others
            }
            withheld.remove(bundle);
        }
        if (!bundles.isEmpty()) {
            wiring.refreshBundles(bundles);
        }
    }

    private static void stop(Bundle bundle) {
        try {
            bundle.stop();
        } catch (BundleException | IllegalStateException e) {
            return; // an activator that fails to stop is stopped all the same
        }
    }
}
