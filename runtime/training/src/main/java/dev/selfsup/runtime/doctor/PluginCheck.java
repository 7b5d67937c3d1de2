package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/**
 * Bundles: those of the distribution, and those that the user put into {@code deploy}.
 *
 * @param bundles what is installed
 * @param jars the jars in {@code deploy}
 * @param deploy the folder
 */
record PluginCheck(List<Plugin> bundles, List<Path> jars, Path deploy) implements Check {
    private static final String ADVICE = "'selfsup plugins' says why; mend it or take it out of ";

    /**
     * A bundle.
     *
     * @param name its symbolic name
     * @param location where it was installed from
     * @param usable whether it is started, or what it extends is
     */
    record Plugin(String name, String location, boolean usable) {}

    static PluginCheck of(BundleContext context, Path deploy) throws IOException {
        List<Plugin> bundles = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
            boolean usable = bundle.getState() == (fragment ? Bundle.RESOLVED : Bundle.ACTIVE) || bundle.getState() == Bundle.STARTING;
            bundles.add(new Plugin(String.valueOf(bundle.getSymbolicName()), bundle.getLocation(), usable));
        }
        List<Path> jars = new ArrayList<>();
        if (Files.isDirectory(deploy)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(deploy, "*.jar")) {
                files.forEach(jars::add);
            }
        }
        return new PluginCheck(bundles, jars.stream().sorted().toList(), deploy);
    }

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (Path jar : jars) {
            List<Plugin> from = bundles.stream().filter(bundle -> bundle.location().endsWith("/" + uriName(jar))).toList();
            if (from.isEmpty()) {
                findings.add(Finding.warn("plug-ins", jar + " is no bundle that can be installed", ADVICE + deploy));
            }
        }
        for (Plugin bundle : bundles) {
            boolean plugged = jars.stream().anyMatch(jar -> bundle.location().endsWith("/" + uriName(jar)));
            if (!bundle.usable()) {
                findings.add(plugged ? Finding.warn("plug-ins", bundle.name() + " is installed, but does not start", ADVICE + deploy)
                        : Finding.fail("plug-ins", "the bundle " + bundle.name() + " of the distribution does not start",
                                "build anew with mvn package, or unpack the distribution anew"));
            }
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok("plug-ins", bundles.size() + " bundles started, " + (jars.isEmpty() ? "none" : jars.size()) + " of them from " + deploy));
        }
        return findings;
    }

    private static String uriName(Path jar) {
        return jar.getFileName().toUri().toString().replaceFirst(".*/", "");
    }
}
