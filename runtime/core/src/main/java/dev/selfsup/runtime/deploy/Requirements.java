package dev.selfsup.runtime.deploy;

import dev.selfsup.runtime.plugins.Plugin;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.resource.Namespace;

/** Which of a bundle's requirements nobody meets: computed from what bundles declare, so that the leaf cause can be named before anything is resolved. */
final class Requirements {
    private final Collection<Bundle> offering;
    private final Map<DeployedJar, Problem> unusable;

    /**
     * What there is.
     *
     * @param offering bundles whose capabilities count
     * @param unusable jars that are not usable, whose capabilities do not count
     */
    Requirements(Collection<Bundle> offering, Map<DeployedJar, Problem> unusable) {
        this.offering = offering;
        this.unusable = unusable;
    }

    /** The first requirement of a bundle that is not met. */
    Optional<Problem> unmet(Bundle bundle) {
        return bundle.adapt(BundleRevision.class).getDeclaredRequirements(null).stream()
                .filter(Requirements::counts)
                .filter(requirement -> offering.stream().noneMatch(other -> meets(other, requirement)))
                .findFirst()
                .map(this::problem);
    }

    private static boolean counts(BundleRequirement requirement) {
        Map<String, String> directives = requirement.getDirectives();
        return Namespace.RESOLUTION_MANDATORY.equals(directives.getOrDefault(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE, Namespace.RESOLUTION_MANDATORY))
                && Namespace.EFFECTIVE_RESOLVE.equals(directives.getOrDefault(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, Namespace.EFFECTIVE_RESOLVE));
    }

    private static boolean meets(Bundle bundle, BundleRequirement requirement) {
        return capabilities(bundle, requirement.getNamespace()).stream().anyMatch(requirement::matches);
    }

    private static List<BundleCapability> capabilities(Bundle bundle, String namespace) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        return wiring != null ? wiring.getCapabilities(namespace) : bundle.adapt(BundleRevision.class).getDeclaredCapabilities(namespace);
    }

    private Problem problem(BundleRequirement requirement) {
        String what = RequirementWords.of(requirement);
        for (Map.Entry<DeployedJar, Problem> jar : unusable.entrySet()) {
            if (jar.getKey().bundle().filter(bundle -> meets(bundle, requirement)).isPresent()) {
                return new Problem(Plugin.State.WAITING, "needs " + what + " of " + jar.getKey().name() + ", which " + jar.getValue().text());
            }
        }
        boolean java = requirement.getNamespace().equals(ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE);
        return Problem.waits("needs " + what + (java ? "" : ", which no bundle offers" + others(requirement)));
    }

    /** Where a package is there in other versions: which. */
    private String others(BundleRequirement requirement) {
        TreeSet<Version> versions = new TreeSet<>();
        if (requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE)) {
            String name = RequirementWords.subject(requirement).substring("package ".length());
            offering.forEach(bundle -> capabilities(bundle, PackageNamespace.PACKAGE_NAMESPACE).stream().map(BundleCapability::getAttributes)
                    .filter(attributes -> name.equals(attributes.get(PackageNamespace.PACKAGE_NAMESPACE)))
                    .forEach(attributes -> versions.add((Version) attributes.get(PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE))));
        }
        return versions.isEmpty() ? "" : " (there is " + String.join(", ", versions.stream().map(Version::toString).toList()) + ")";
    }
}
