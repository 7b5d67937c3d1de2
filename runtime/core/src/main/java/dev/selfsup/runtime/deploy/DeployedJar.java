package dev.selfsup.runtime.deploy;

import dev.selfsup.runtime.plugins.Offer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/**
 * A jar of the watched folder as it was when it was read: from then on only an own copy is used, so the file may change or go.
 *
 * @param name what messages call it, {@code deploy/x.jar}
 * @param file where it lies
 * @param copy the copy
 * @param bundle its bundle, installed but not started; empty if it has a flaw
 * @param offers types and commands that it would add
 * @param flaw what is wrong with the jar by itself
 */
record DeployedJar(String name, Path file, Path copy, Optional<Bundle> bundle, SortedSet<Offer> offers, Optional<Problem> flaw) {
    private static final String SEPARATOR = "#";

    /**
     * Reads a jar, and installs it as a new bundle.
     *
     * @param name what messages call it
     * @param file the jar
     * @param copy where its copy shall lie
     * @param context installs the bundle
     */
    static DeployedJar read(String name, Path file, Path copy, BundleContext context) {
        if (!Files.isRegularFile(file)) {
            return flawed(name, file, copy, Files.exists(file) ? "is a folder, not a jar" : "does not exist");
        }
        try {
            Files.deleteIfExists(copy);
            Files.copy(file, copy);
        } catch (IOException e) {
            return flawed(name, file, copy, Files.isReadable(file) ? "cannot be copied to " + copy + ": " + Reason.of(e) : "cannot be read: permission denied");
        }
        return install(name, file, copy, context);
    }

    /** The same jar as another new bundle, which gets its packages anew. */
    DeployedJar again(BundleContext context) {
        return install(name, file, copy, context);
    }

    private static DeployedJar install(String name, Path file, Path copy, BundleContext context) {
        Optional<String> wrong = wrong(copy);
        if (wrong.isPresent()) {
            return flawed(name, file, copy, wrong.get());
        }
        Bundle bundle;
        try (InputStream in = Files.newInputStream(copy)) {
            bundle = context.installBundle(name + SEPARATOR + System.nanoTime(), in);
        } catch (BundleException e) {
            return flawed(name, file, copy, "has a manifest that is not right: " + Reason.of(e) + "; build it with bnd");
        } catch (IOException e) {
            return flawed(name, file, copy, "cannot be installed: " + Reason.of(e));
        }
        try {
            return new DeployedJar(name, file, copy, Optional.of(bundle), DeclaredOffers.of(bundle), Optional.empty());
        } catch (IOException e) {
            return new DeployedJar(name, file, copy, Optional.of(bundle), new TreeSet<>(), Optional.of(Problem.broken(e.getMessage())));
        }
    }

    private static DeployedJar flawed(String name, Path file, Path copy, String flaw) {
        return new DeployedJar(name, file, copy, Optional.empty(), new TreeSet<>(), Optional.of(Problem.broken(flaw)));
    }

    private static Optional<String> wrong(Path jar) {
        try (JarFile opened = new JarFile(jar.toFile())) {
            Manifest manifest = opened.getManifest();
            Attributes headers = manifest == null ? new Attributes() : manifest.getMainAttributes();
            if (headers.getValue(Constants.BUNDLE_SYMBOLICNAME) == null) {
                return Optional.of("is not a bundle: " + (manifest == null ? "it has no manifest" : "its manifest has no Bundle-SymbolicName") + "; build it with bnd");
            }
            if (headers.getValue(Constants.FRAGMENT_HOST) != null) {
                return Optional.of("is a fragment of " + headers.getValue(Constants.FRAGMENT_HOST) + ", which cannot be plugged in; make it a bundle of its own");
            }
            return Optional.empty();
        } catch (IOException | SecurityException e) {
            return Optional.of("is broken, or no jar: " + Reason.of(e) + "; copy it again");
        }
    }

    /** What messages call the jar that a bundle was installed from. */
    static String name(Bundle bundle) {
        return bundle.getLocation().substring(0, bundle.getLocation().lastIndexOf(SEPARATOR));
    }

    void deleteCopy() {
        copy.toFile().delete(); // else it goes with the cache of the process
    }

    String version() {
        return bundle.map(b -> b.getVersion().toString()).orElse("");
    }
}
