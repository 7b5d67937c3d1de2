package dev.selfsup.runtime.components;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whiteboard of factories: every {@link ComponentFactory} service that says its kind, name and scope. A factory is
 * activated when somebody asks for it. Where two bundles claim one identity the older service is used.
 */
@Component
public final class InstalledComponents implements Components {
    private static final Logger LOG = LoggerFactory.getLogger(InstalledComponents.class);
    private static final Comparator<ServiceReference<?>> OLDEST_FIRST =
            Comparator.comparingLong(reference -> (Long) reference.getProperty(Constants.SERVICE_ID));

    private final Map<Id, ConcurrentSkipListSet<ServiceReference<?>>> references = new ConcurrentSkipListMap<>();
    private final BundleContext bundles;

    /** Starts empty; factories follow. */
    @Activate
    public InstalledComponents(BundleContext bundles) {
        this.bundles = bundles;
    }

    @Reference(service = ComponentFactory.class, target = "(&(selfsup.kind=*)(selfsup.name=*)(selfsup.scope=*))",
            cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void add(ServiceReference<?> reference) {
        Id id = id(reference);
        ConcurrentSkipListSet<ServiceReference<?>> claims = references.compute(id, (key, known) -> {
            ConcurrentSkipListSet<ServiceReference<?>> all = known == null ? new ConcurrentSkipListSet<>(OLDEST_FIRST) : known;
            all.add(reference);
            return all;
        });
        if (claims.size() > 1) {
            LOG.warn("{} is offered by several bundles: that of {} is used, that of {} ignored", id,
                    claims.first().getBundle(), claims.last().getBundle());
        }
    }

    void remove(ServiceReference<?> reference) {
        references.computeIfPresent(id(reference), (key, known) -> {
            known.remove(reference);
            return known.isEmpty() ? null : known;
        });
    }

    @Override
    public List<Id> ids() {
        return List.copyOf(references.keySet());
    }

    @Override
    public List<Installed> all() {
        return references.keySet().stream().flatMap(id -> installed(id).stream()).toList();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        int prefix = Math.max(type.lastIndexOf('.'), type.lastIndexOf('/'));
        if (prefix > 0) {
            return installed(new Id(kind, type.substring(0, prefix), type.substring(prefix + 1)));
        }
        return scopes.stream()
                .map(scope -> new Id(kind, scope, type))
                .filter(references::containsKey)
                .findFirst()
                .or(() -> only(references.keySet().stream().filter(id -> id.kind().equals(kind) && id.name().equals(type))))
                .flatMap(this::installed);
    }

    private static Optional<Id> only(Stream<Id> matches) {
        List<Id> found = matches.limit(2).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private Optional<Installed> installed(Id id) {
        ConcurrentSkipListSet<ServiceReference<?>> claims = references.get(id);
        if (claims == null) {
            return Optional.empty();
        }
        for (ServiceReference<?> reference : claims) {
            if (bundles.getService(reference) instanceof ComponentFactory<?, ?> factory) {
                return Optional.of(new Installed(id, factory));
            }
        }
        return Optional.empty(); // the bundle left in the meantime
    }

    private static Id id(ServiceReference<?> reference) {
        return new Id((String) reference.getProperty("selfsup.kind"), (String) reference.getProperty("selfsup.scope"),
                (String) reference.getProperty("selfsup.name"));
    }
}
