package dev.selfsup.it;

import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackage;

import dev.selfsup.runtime.plugins.Plugin;
import dev.selfsup.runtime.plugins.Plugins;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.BundleContext;

/** A running container of the distribution's bundles with a watched folder, as Pax Exam starts it and as a test in it uses it. */
final class WatchedFolder {
    private static final long SECONDS = 60;

    private final BundleContext bundles;
    private final Plugins plugins;
    private final Path folder;

    /** The folder of this container; its watch is started. */
    WatchedFolder(BundleContext bundles, Plugins plugins) {
        this.bundles = bundles;
        this.plugins = plugins;
        this.folder = Path.of(bundles.getProperty("selfsup.deploy"));
        ((Runnable) plugins).run();
    }

    /** What the container consists of: the distribution and an empty folder. */
    static Option[] distribution() throws IOException {
        Path dist = Path.of(System.getProperty("selfsup.dist"));
        List<Option> options = new ArrayList<>(List.of(
                junitBundles(),
                frameworkProperty("selfsup.deploy").value(Files.createDirectory(Files.createTempDirectory("watched").resolve("deploy")).toString()),
                frameworkProperty("org.osgi.framework.bsnversion").value("multiple"),
                frameworkProperty("ds.showerrors").value("false"),
                frameworkProperty("selfsup.images").value(System.getProperty("selfsup.root") + "/configs/quickstart/data/val/rocket"),
                frameworkProperty("selfsup.broken").value(System.getProperty("selfsup.broken")),
                frameworkProperty("selfsup.samplePlugin").value(System.getProperty("selfsup.samplePlugin")),
                frameworkProperty("selfsup.sample").value(System.getProperty("selfsup.sample"))));
        for (String lib : List.of("lib/core", "lib/backend-cpu")) {
            Files.readAllLines(dist.resolve(lib).resolve("packages.list")).forEach(line -> options.add(systemPackage(line)));
        }
        for (String part : List.of("system", "bundles")) {
            try (Stream<Path> jars = Files.list(dist.resolve(part))) {
                jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().forEach(jar -> options.add(bundle(jar.toUri().toString())));
            }
        }
        return options.toArray(Option[]::new);
    }

    /** The sample plug-in, which {@code selfsup new} wrote and Maven built. */
    Path sample() {
        return Path.of(bundles.getProperty("selfsup.samplePlugin"));
    }

    /** The bundle of the command {@code probe}. */
    Path probe() {
        return Path.of(bundles.getProperty("selfsup.sample"));
    }

    /** A bundle whose component fails. */
    Path broken(String how) {
        return Path.of(bundles.getProperty("selfsup.broken") + how + ".jar");
    }

    /** Copies a jar into the folder, and waits until it is in some state. */
    Plugin drop(Path jar, String name, Plugin.State state) throws IOException, InterruptedException {
        copy(jar, name);
        return await(name, state);
    }

    /** Copies a jar into the folder at once, as {@code mv} does. */
    void copy(Path jar, String name) throws IOException {
        Path beside = Files.copy(jar, folder.resolveSibling(name), StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes a jar, and waits until it is not there any more, or leaving. */
    void remove(String name) throws IOException, InterruptedException {
        Files.delete(folder.resolve(name));
        until(() -> plugin(name).filter(plugin -> plugin.state() != Plugin.State.LEAVING).isEmpty());
    }

    /** Removes all jars. */
    void clear() throws IOException, InterruptedException {
        try (Stream<Path> jars = Files.list(folder)) {
            for (Path jar : jars.toList()) {
                Files.delete(jar);
            }
        }
        until(() -> plugins.list().stream().noneMatch(plugin -> plugin.origin() == Plugin.Origin.DEPLOYED));
    }

    Plugin await(String name, Plugin.State state) throws InterruptedException {
        until(() -> plugins.list().stream().anyMatch(plugin -> plugin.name().equals("deploy/" + name) && plugin.state() == state));
        return plugins.list().stream().filter(plugin -> plugin.name().equals("deploy/" + name) && plugin.state() == state).findFirst().orElseThrow();
    }

    /** What has become of a jar. */
    Optional<Plugin> plugin(String name) {
        return plugins.list().stream().filter(plugin -> plugin.name().equals("deploy/" + name)).findFirst();
    }

    /** Calls a command as a user of the shell does. */
    int selfsup(PrintStream out, String line) throws Exception {
        CommandProcessor gogo = bundles.getService(bundles.getServiceReference(CommandProcessor.class));
        try (CommandSession session = gogo.createSession(InputStream.nullInputStream(), out, out)) {
            session.execute("selfsup:" + line);
            return (Integer) session.get("selfsup.status");
        }
    }

    /** Waits for something to become true. */
    void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (!condition.getAsBoolean()) {
            assertTrue("not within " + SECONDS + " s; there is " + plugins.list().stream().filter(p -> p.origin() == Plugin.Origin.DEPLOYED).toList(),
                    System.nanoTime() < end);
            never.await(5, TimeUnit.MILLISECONDS);
        }
    }
}
