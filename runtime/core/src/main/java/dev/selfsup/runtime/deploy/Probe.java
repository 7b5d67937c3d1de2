package dev.selfsup.runtime.deploy;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.config.FactoryCheck;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Whether what a started bundle offers works: each of its services is made once, and each factory's defaults are bound. */
final class Probe {
    private final BundleContext context;
    private final ServiceComponentRuntime services;

    Probe(BundleContext context, ServiceComponentRuntime services) {
        this.context = context;
        this.services = services;
    }

    /**
     * Examines a bundle.
     *
     * @param bundle a started bundle
     * @param components what types its defaults can name
     */
    Optional<Problem> problem(Bundle bundle, Components components) {
        return known(bundle)
                .or(() -> first(registered(bundle).map(reference -> broken(reference, components))))
                .or(() -> known(bundle));
    }

    /** What is known to be wrong with a bundle, without trying anything. */
    Optional<Problem> known(Bundle bundle) {
        Collection<ComponentDescriptionDTO> descriptions = services.getComponentDescriptionDTOs(bundle);
        return first(descriptions.stream().map(description -> unsatisfied(bundle, description)))
                .or(() -> first(descriptions.stream().map(this::failed)));
    }

    private static Optional<Problem> first(Stream<Optional<Problem>> problems) {
        return problems.flatMap(Optional::stream).findFirst();
    }

    private Optional<Problem> unsatisfied(Bundle bundle, ComponentDescriptionDTO description) {
        try {
            bundle.loadClass(description.implementationClass);
        } catch (ClassNotFoundException | LinkageError e) {
            return broken(description.implementationClass, Reason.of(e));
        }
        for (ComponentConfigurationDTO configuration : services.getComponentConfigurationDTOs(description)) {
            if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
                UnsatisfiedReferenceDTO reference = configuration.unsatisfiedReferences[0];
                return Optional.of(Problem.waits("is not usable: " + description.implementationClass + " needs a service of " + service(description, reference)
                        + ", which no bundle offers"));
            }
            if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
                return Optional.of(Problem.waits("is not usable: " + description.implementationClass + " needs a configuration "
                        + String.join(", ", description.configurationPid)));
            }
        }
        return Optional.empty();
    }

    private static String service(ComponentDescriptionDTO description, UnsatisfiedReferenceDTO unsatisfied) {
        String type = Arrays.stream(description.references).filter(reference -> reference.name.equals(unsatisfied.name)).findFirst()
                .map((ReferenceDTO reference) -> reference.interfaceName).orElse(unsatisfied.name);
        return unsatisfied.target == null ? type : type + " with " + unsatisfied.target;
    }

    private static Stream<ServiceReference<?>> registered(Bundle bundle) {
        ServiceReference<?>[] references = bundle.getRegisteredServices();
        return references == null ? Stream.empty() : Arrays.stream(references);
    }

    private Optional<Problem> broken(ServiceReference<?> reference, Components components) {
        ServiceObjects<?> objects = context.getServiceObjects(reference);
        return objects == null ? Optional.empty() : broken(reference, objects, components);
    }

    private <T> Optional<Problem> broken(ServiceReference<?> reference, ServiceObjects<T> objects, Components components) {
        T service = objects.getService();
        if (service == null) {
            return Optional.empty(); // what DS says of it tells why
        }
        try {
            return service instanceof ComponentFactory<?, ?> factory && reference.getProperty("selfsup.kind") != null
                    ? mistake(reference, factory, components) : Optional.empty();
        } finally {
            objects.ungetService(service);
        }
    }

    private static Optional<Problem> mistake(ServiceReference<?> reference, ComponentFactory<?, ?> factory, Components components) {
        Components.Id id = new Components.Id(String.valueOf(reference.getProperty("selfsup.kind")), String.valueOf(reference.getProperty("selfsup.scope")),
                String.valueOf(reference.getProperty("selfsup.name")));
        try {
            return FactoryCheck.mistake(new Components.Installed(id, factory), components).map(text -> Problem.broken("is not usable: " + text));
        } catch (LinkageError | RuntimeException | StackOverflowError | AssertionError e) {
            return broken(id.toString(), Reason.of(e));
        }
    }

    private static Optional<Problem> broken(String what, String reason) {
        return Optional.of(Problem.broken("is not usable: " + what + ": " + reason));
    }

    private Optional<Problem> failed(ComponentDescriptionDTO description) {
        List<ComponentConfigurationDTO> failed = services.getComponentConfigurationDTOs(description).stream()
                .filter(configuration -> configuration.state == ComponentConfigurationDTO.FAILED_ACTIVATION)
                .toList();
        return failed.isEmpty() ? Optional.empty() : broken(description.implementationClass, Reason.ofTrace(String.valueOf(failed.get(0).failure)));
    }
}
