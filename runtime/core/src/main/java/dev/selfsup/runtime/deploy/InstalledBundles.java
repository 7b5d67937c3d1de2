package dev.selfsup.runtime.deploy;

import dev.selfsup.api.component.Components;
import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** The bundles that did not come through the watched folder, and what they offer: as their services say, so that none need be opened. */
final class InstalledBundles {
    private static final String OURS = "selfsup.";
    private static final int STARTED = Bundle.ACTIVE | Bundle.STARTING;

    private final BundleContext context;

    InstalledBundles(BundleContext context) {
        this.context = context;
    }

    /** All of them. */
    List<Bundle> besides(Collection<Bundle> deployed) {
        return Arrays.stream(context.getBundles()).filter(bundle -> !deployed.contains(bundle)).toList();
    }

    /** What they offer, and the symbolic name of who does. */
    Map<Offer, String> offers(Collection<Bundle> deployed) {
        Map<Offer, String> owners = new HashMap<>();
        references().filter(reference -> reference.getBundle() != null && !deployed.contains(reference.getBundle()))
                .forEach(reference -> owners.put(offer(reference), reference.getBundle().getSymbolicName()));
        return owners;
    }

    /**
     * How users see them.
     *
     * @param deployed bundles that came through the folder
     * @param probe knows what is wrong with one
     */
    List<Plugin> plugins(Collection<Bundle> deployed, Probe probe) {
        Map<Bundle, TreeSet<Offer>> offers = references().filter(reference -> reference.getBundle() != null)
                .collect(Collectors.groupingBy(ServiceReference::getBundle, Collectors.mapping(InstalledBundles::offer, Collectors.toCollection(TreeSet::new))));
        return besides(deployed).stream()
                .map(bundle -> plugin(bundle, List.copyOf(offers.getOrDefault(bundle, new TreeSet<>())), problem(bundle, probe)))
                .sorted(Comparator.comparing(Plugin::origin).thenComparing(Plugin::name))
                .toList();
    }

    private static Optional<Problem> problem(Bundle bundle, Probe probe) {
        boolean started = (bundle.getState() & STARTED) != 0 || bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
        return started ? probe.known(bundle) : Optional.of(Problem.broken("is not started"));
    }

    private static Plugin plugin(Bundle bundle, List<Offer> offers, Optional<Problem> problem) {
        boolean ours = bundle.getSymbolicName().startsWith(OURS);
        return new Plugin(bundle.getSymbolicName(), bundle.getVersion().toString(), ours ? Plugin.Origin.DISTRIBUTION : Plugin.Origin.LIBRARY,
                problem.map(Problem::state).orElse(Plugin.State.IN_USE), offers, problem.map(Problem::text));
    }

    private Stream<ServiceReference<?>> references() {
        try {
            ServiceReference<?>[] references = context.getAllServiceReferences(null, "(|(&(selfsup.kind=*)(selfsup.scope=*)(selfsup.name=*))(selfsup.command=*))");
            return references == null ? Stream.empty() : Arrays.stream(references);
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Offer offer(ServiceReference<?> reference) {
        Object command = reference.getProperty("selfsup.command");
        return command != null ? Offer.command(command.toString()) : Offer.type(new Components.Id(String.valueOf(reference.getProperty("selfsup.kind")),
                String.valueOf(reference.getProperty("selfsup.scope")), String.valueOf(reference.getProperty("selfsup.name"))));
    }
}
