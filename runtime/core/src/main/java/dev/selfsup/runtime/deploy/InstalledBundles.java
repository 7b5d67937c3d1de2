package dev.selfsup.runtime.deploy;

import dev.selfsup.api.component.Components;
import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import java.util.ArrayList;
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

    /** How users see them. */
    List<Plugin> plugins(Collection<Bundle> deployed) {
        Map<Bundle, TreeSet<Offer>> offers = references().filter(reference -> reference.getBundle() != null)
                .collect(Collectors.groupingBy(ServiceReference::getBundle, Collectors.mapping(InstalledBundles::offer, Collectors.toCollection(TreeSet::new))));
        return besides(deployed).stream()
                .map(bundle -> plugin(bundle, new ArrayList<>(offers.getOrDefault(bundle, new TreeSet<>()))))
                .sorted(Comparator.comparing(Plugin::origin).thenComparing(Plugin::name))
                .toList();
    }

    private static Plugin plugin(Bundle bundle, List<Offer> offers) {
        boolean started = (bundle.getState() & STARTED) != 0 || bundle.getHeaders("").get("Fragment-Host") != null;
        return new Plugin(bundle.getSymbolicName(), bundle.getVersion().toString(),
                bundle.getSymbolicName().startsWith(OURS) ? Plugin.Origin.DISTRIBUTION : Plugin.Origin.LIBRARY,
                started ? Plugin.State.IN_USE : Plugin.State.NOT_USABLE, offers, started ? Optional.empty() : Optional.of("is not started"));
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
