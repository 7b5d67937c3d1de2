package dev.selfsup.runtime.deploy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.resource.Requirement;

/** A requirement of a bundle in words: {@code package com.acme.tools, version [1.2,2.0)}. */
final class RequirementWords {
    private RequirementWords() {}

    static String of(Requirement requirement) {
        String filter = requirement.getDirectives().getOrDefault("filter", "");
        return switch (requirement.getNamespace()) {
            case PackageNamespace.PACKAGE_NAMESPACE -> "package " + value(filter, PackageNamespace.PACKAGE_NAMESPACE) + range(filter, "version");
            case BundleNamespace.BUNDLE_NAMESPACE -> "bundle " + value(filter, BundleNamespace.BUNDLE_NAMESPACE) + range(filter, "bundle-version");
            case "osgi.ee" -> java(filter);
            case "osgi.extender" -> "extender " + value(filter, "osgi.extender") + range(filter, "version");
            case "selfsup.type" -> type(filter);
            default -> "capability " + requirement.getNamespace() + (filter.isEmpty() ? "" : " " + filter);
        };
    }

    /** What a requirement is for, without its version: {@code package com.acme.tools}. */
    static String subject(Requirement requirement) {
        return of(requirement).replaceFirst(", version .*", "");
    }

    private static String java(String filter) {
        String version = find(filter, "\\(version=([^)]*)\\)").orElse("of another kind");
        return value(filter, "osgi.ee").equals("JavaSE") ? "Java " + version + " (this is Java " + Runtime.version().feature() + ")" : "capability osgi.ee " + filter;
    }

    private static String type(String filter) {
        String scope = find(filter, "\\(scope=([^)]*)\\)").map(name -> name + ".").orElse("");
        return find(filter, "\\(kind=([^)]*)\\)").orElse("type") + " " + scope + value(filter, "name");
    }

    private static String value(String filter, String attribute) {
        return find(filter, "\\(" + Pattern.quote(attribute) + "=([^)]*)\\)").orElse(filter);
    }

    /** The versions that a filter lets pass: as OSGi writes ranges, or the least version alone. */
    private static String range(String filter, String attribute) {
        String name = Pattern.quote(attribute);
        Optional<String> above = find(filter, "\\(!\\(" + name + "<=([^)]*)\\)\\)");
        Optional<String> below = find(filter, "\\(!\\(" + name + ">=([^)]*)\\)\\)");
        String without = filter.replaceAll("\\(!\\([^)]*\\)\\)", "");
        Optional<String> least = find(without, "\\(" + name + ">=([^)]*)\\)");
        Optional<String> most = find(without, "\\(" + name + "<=([^)]*)\\)");
        if (below.isEmpty() && most.isEmpty()) {
            return least.or(() -> above).map(version -> ", version " + version + " or newer").orElse("");
        }
        return ", version " + (above.isPresent() ? "(" : "[") + above.or(() -> least).orElse("0") + "," + below.map(v -> v + ")").orElse(most.orElse("") + "]");
    }

    private static Optional<String> find(String filter, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(filter);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
