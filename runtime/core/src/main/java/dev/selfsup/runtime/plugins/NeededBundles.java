package dev.selfsup.runtime.plugins;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Lease;
import dev.selfsup.config.Config;
import dev.selfsup.config.RunConfig;
import dev.selfsup.runtime.components.InstalledComponents;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The bundles that a config needs: those of the types that it names, by itself or by defaults, those that have services but no types (commands, the training
 * loop), and all from which these get packages, transitively; of libraries all.
 */
@Component(service = NeededBundles.class)
public final class NeededBundles {
    private static final String TYPES = "selfsup.type";
    private static final String OURS = "selfsup.";

    private final BundleContext context;
    private final InstalledComponents components;

    /** Made by the container. */
    @Activate
    public NeededBundles(BundleContext context, @Reference InstalledComponents components) {
        this.context = context;
        this.components = components;
    }

    /**
     * A bundle that is needed.
     *
     * @param symbolicName its symbolic name
     * @param version its version
     * @param jar the jar that it was installed from; empty for a plug-in, which is known by its copy
     */
    public record Needed(String symbolicName, String version, Optional<Path> jar) {}

    /**
     * What a config needs.
     *
     * @param types the types
     * @param bundles the bundles, by symbolic name; the framework and what lies on the launcher's class path are not among them
     */
    public record Needs(SortedSet<Components.Id> types, List<Needed> bundles) {
        /** A file for bnd that resolves to the bundles. */
        public String bndrun() {
            return BndRun.of(this);
        }
    }

    /**
     * Computes what a config needs; nothing is run.
     *
     * @param config the config of a run
     * @throws dev.selfsup.api.run.UsageException with all mistakes of the config, if it has any
     */
    public Needs of(Config config) {
        try (Lease lease = components.open()) {
            RecordedComponents recorded = new RecordedComponents(lease);
            RunConfig.of(config, recorded);
            Stream<Bundle> named = recorded.found().stream().flatMap(id -> components.bundle(id).stream());
            return new Needs(recorded.found(), closure(Stream.concat(named, always())).stream()
                    .map(bundle -> new Needed(bundle.getSymbolicName(), bundle.getVersion().toString(), jar(bundle)))
                    .sorted(Comparator.comparing(Needed::symbolicName))
                    .toList());
        }
    }

    /** Bundles that every run needs. */
    private Stream<Bundle> always() {
        return Arrays.stream(context.getBundles()).filter(bundle -> bundle.getLocation().startsWith("reference:") || bundle.getLocation().startsWith("file:"))
                .filter(bundle -> !bundle.getSymbolicName().startsWith(OURS) || bundle.getHeaders("").get("Service-Component") != null
                        && bundle.adapt(BundleRevision.class).getDeclaredCapabilities(TYPES).isEmpty());
    }

    private static Set<Bundle> closure(Stream<Bundle> roots) {
        Set<Bundle> all = new TreeSet<>();
        Deque<Bundle> open = new ArrayDeque<>(roots.toList());
        while (!open.isEmpty()) {
            Bundle next = open.pop();
            if (!next.getLocation().equals(Constants.SYSTEM_BUNDLE_LOCATION) && all.add(next)) {
                open.addAll(BundleLeases.providers(next));
            }
        }
        return all;
    }

    private static Optional<Path> jar(Bundle bundle) {
        String location = bundle.getLocation().replaceFirst("^reference:", "");
        return location.startsWith("file:") ? Optional.of(Path.of(URI.create(location))) : Optional.empty();
    }
}
