package dev.selfsup.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Felix with the bundles of the distribution and of the folder {@code deploy}, which is watched. */
final class Container {
    private static final long STOP_MILLIS = 10_000;

    private final Framework framework;

    private Container(Framework framework) {
        this.framework = framework;
    }

    /**
     * Starts the container; when this returns all bundles are started, those in {@code deploy} too.
     *
     * @param layout where things lie
     * @param cache folder of this process
     * @param interactive whether a shell is wanted
     * @param verbose told what happens, if anybody wants to know
     */
    static Container start(Layout layout, Path cache, boolean interactive, Optional<Verbose> verbose) throws IOException, StartFailure {
        try {
            return begin(layout, cache, interactive, verbose);
        } catch (BundleException e) {
            throw StartFailure.framework(cache, e);
        }
    }

    private static Container begin(Layout layout, Path cache, boolean interactive, Optional<Verbose> verbose)
            throws IOException, BundleException, StartFailure {
        Framework framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
                .newFramework(properties(layout, cache));
        framework.init(verbose.stream().toArray(FrameworkListener[]::new));
        verbose.ifPresent(framework.getBundleContext()::addBundleListener);
        verbose.ifPresent(framework.getBundleContext()::addFrameworkListener);
        verbose.ifPresent(told -> told.say("backend " + layout.backend() + reason()));
        framework.start();
        List<Path> jars = new ArrayList<>(ExportedPackages.jars(layout.system()));
        if (interactive) {
            jars.addAll(ExportedPackages.jars(layout.system().resolve("interactive")));
        }
        jars.addAll(ExportedPackages.jars(layout.bundles()));
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            bundles.add(install(framework, jar));
        }
        bundles.forEach(Container::start);
        Container container = new Container(framework);
        container.service("deploy", Runnable.class).ifPresent(Runnable::run);
        return container;
    }

    private static String reason() {
        String reason = System.getProperty("selfsup.backend.reason", "");
        return reason.isEmpty() ? "" : ": " + reason;
    }

    private static Bundle install(Framework framework, Path jar) throws BundleException, StartFailure {
        try {
            return framework.getBundleContext().installBundle("reference:" + jar.toUri());
        } catch (BundleException e) {
            if (isWhole(jar)) {
                throw e; // then the cache cannot be written
            }
            throw StartFailure.jar(jar, e);
        }
    }

    private static boolean isWhole(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest() != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static void start(Bundle bundle) {
        if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null) {
            return;
        }
        try {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        } catch (BundleException e) {
            System.err.println("selfsup: bundle " + bundle.getSymbolicName() + " does not start: " + e.getMessage());
        }
    }

    private static Map<String, String> properties(Layout layout, Path cache) throws IOException, StartFailure {
        List<String> packages = new ArrayList<>(ExportedPackages.of(layout.core()));
        packages.addAll(ExportedPackages.of(layout.backend()));
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, cache.resolve("bundles").toString());
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, String.join(",", packages));
        properties.put("felix.service.urlhandlers", "false");
        properties.put("felix.cm.dir", cache.resolve("config").toString());
        properties.put("selfsup.deploy", watched(layout).toString());
        properties.put("org.osgi.framework.bsnversion", "multiple"); // a replaced plug-in stays beside the new one as long as a run uses it
        properties.put("ds.showerrors", "false"); // a plug-in that fails is told in one line by who watches the folder
        return properties;
    }

    private static Path watched(Layout layout) throws StartFailure {
        try {
            return Files.createDirectories(layout.deploy());
        } catch (IOException e) {
            throw StartFailure.deploy(layout.deploy(), e);
        }
    }

    /**
     * Finds the service that the shell offers to this launcher.
     *
     * @param role value of its property {@code selfsup.launcher}
     * @param type its type, one of the JDK's
     */
    <T> Optional<T> service(String role, Class<T> type) {
        BundleContext context = framework.getBundleContext();
        if (context == null) {
            return Optional.empty();
        }
        try {
            return context.getServiceReferences(type, "(selfsup.launcher=" + role + ")").stream()
                    .findFirst()
                    .map((ServiceReference<T> reference) -> context.getService(reference));
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    void stop() {
        try {
            framework.stop();
            framework.waitForStop(STOP_MILLIS);
        } catch (BundleException e) {
            System.err.println("selfsup: the container does not stop: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
