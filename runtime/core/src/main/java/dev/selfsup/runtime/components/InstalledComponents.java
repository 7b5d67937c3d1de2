package dev.selfsup.runtime.components;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.runtime.plugins.BundleLeases;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The whiteboard of factories: every {@link ComponentFactory} service that says its kind, name and scope, and whose bundle may be used. A factory is
 * activated when somebody asks for it. Where two bundles claim one identity the older service is used.
 */
@Component(service = {Components.class, Leases.class, InstalledComponents.class})
public final class InstalledComponents implements Components, Leases {
    private static final Comparator<ServiceReference<?>> OLDEST_FIRST =
            Comparator.comparingLong(reference -> (Long) reference.getProperty(Constants.SERVICE_ID));

    private final Map<Id, ConcurrentSkipListSet<ServiceReference<?>>> references = new ConcurrentSkipListMap<>();
    private final BundleContext bundles;
    private final BundleLeases leases;
    private final Lookup lookup;
    private volatile BiFunction<String, String, Optional<String>> explanation = (kind, type) -> Optional.empty();

    /** Starts empty; factories follow. */
    @Activate
    public InstalledComponents(BundleContext bundles, @Reference BundleLeases leases) {
        this.bundles = bundles;
        this.leases = leases;
        this.lookup = visible(leases::offers);
    }

    @Reference(service = ComponentFactory.class, target = "(&(selfsup.kind=*)(selfsup.name=*)(selfsup.scope=*))",
            cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void add(ServiceReference<?> reference) {
        references.compute(id(reference), (key, known) -> {
            ConcurrentSkipListSet<ServiceReference<?>> all = known == null ? new ConcurrentSkipListSet<>(OLDEST_FIRST) : known;
            all.add(reference);
            return all;
        });
    }

    void remove(ServiceReference<?> reference) {
        references.computeIfPresent(id(reference), (key, known) -> {
            known.remove(reference);
            return known.isEmpty() ? null : known;
        });
    }

    @Override
    public List<Id> ids() {
        return lookup.ids();
    }

    @Override
    public List<Installed> all() {
        return lookup.all();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        return lookup.find(kind, type, scopes);
    }

    @Override
    public Optional<String> explain(String kind, String type) {
        return explanation.apply(kind, type);
    }

    /**
     * Learns why types are not installed.
     *
     * @param known asked as {@link #explain} is
     */
    public void explainedBy(BiFunction<String, String, Optional<String>> known) {
        explanation = known;
    }

    @Override
    public Lease open() {
        return new ComponentLease(this, leases.open());
    }

    /**
     * The components as they would be if some more bundles could be used.
     *
     * @param trial started bundles
     */
    public Components including(Collection<Bundle> trial) {
        return visible(bundle -> trial.contains(bundle) || leases.offers(bundle));
    }

    /** The bundle that a component comes from. */
    public Optional<Bundle> bundle(Id id) {
        return references.getOrDefault(id, new ConcurrentSkipListSet<>(OLDEST_FIRST)).stream().<Bundle>map(ServiceReference::getBundle)
                .filter(bundle -> bundle != null && leases.offers(bundle)).findFirst();
    }

    private Lookup visible(Predicate<Bundle> usable) {
        return new Lookup(() -> ids(usable), id -> installed(id, usable));
    }

    private SortedSet<Id> ids(Predicate<Bundle> usable) {
        SortedSet<Id> ids = new TreeSet<>();
        references.forEach((id, claims) -> {
            if (claims.stream().map(ServiceReference::getBundle).anyMatch(bundle -> bundle != null && usable.test(bundle))) {
                ids.add(id);
            }
        });
        return ids;
    }

    /**
     * One component.
     *
     * @param id its identity
     * @param take asked for the bundle of each that claims it, whether it may be used; from then on it is
     */
    Optional<Installed> installed(Id id, Predicate<Bundle> take) {
        ConcurrentSkipListSet<ServiceReference<?>> claims = references.get(id);
        for (ServiceReference<?> reference : claims == null ? List.<ServiceReference<?>>of() : List.copyOf(claims)) {
            Bundle bundle = reference.getBundle();
            if (bundle != null && take.test(bundle) && bundles.getService(reference) instanceof ComponentFactory<?, ?> factory) {
                return Optional.of(new Installed(id, factory));
            }
        }
        return Optional.empty(); // never there, or the bundle left in the meantime
    }

    private static Id id(ServiceReference<?> reference) {
        return new Id((String) reference.getProperty("selfsup.kind"), (String) reference.getProperty("selfsup.scope"),
                (String) reference.getProperty("selfsup.name"));
    }
}
