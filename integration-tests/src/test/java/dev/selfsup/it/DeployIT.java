package dev.selfsup.it;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Components.Id;
import dev.selfsup.runtime.plugins.Plugin;
import dev.selfsup.runtime.plugins.Plugins;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** Plug-ins that come, change and go while the container runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class DeployIT {
    private static final Id SAMPLE = new Id("algorithm", "sample", "SampleSiam");
    private static final String JAR = "sample.jar";
    private static final String FIRST = "farewell from a bundle that may be gone";

    @Inject
    private Components components;

    @Inject
    private Plugins plugins;

    @Inject
    private BundleContext bundles;

    private WatchedFolder deploy;

    /** The distribution and an empty, watched folder. */
    @Configuration
    public Option[] distribution() throws IOException {
        return WatchedFolder.distribution();
    }

    @Before
    public void watch() {
        deploy = new WatchedFolder(bundles, plugins);
    }

    @After
    public void clear() throws Exception {
        deploy.clear();
    }

    private SampleRun run() throws IOException {
        return new SampleRun(deploy, bundles.getProperty("selfsup.images"));
    }

    private boolean isInstalled() {
        return Arrays.stream(bundles.getBundles()).anyMatch(bundle -> bundle.getLocation().startsWith("deploy/" + JAR));
    }

    @Test
    public void anAlgorithmDroppedIntoDeployIsListedTrainsAndIsGoneWhenRemoved() throws Exception {
        assertFalse(components.ids().contains(SAMPLE));
        Plugin plugin = deploy.drop(deploy.sample(), JAR, Plugin.State.IN_USE);
        assertEquals("[algorithm sample.SampleSiam, hook sample.SampleFarewell]", plugin.offers().toString());
        assertTrue(components.ids().contains(SAMPLE));
        try (SampleRun run = run().open().start()) {
            assertEquals(run.printed(), 0, run.status());
            assertTrue(Files.exists(run.workDir().resolve("epoch_1.json")));
            assertTrue(Files.readString(run.workDir().resolve("log.jsonl")).contains("\"loss\""));
        }
        deploy.remove(JAR);
        assertFalse(components.ids().contains(SAMPLE));
        deploy.until(() -> !isInstalled());
    }

    @Test
    public void aRunGoesOnToItsEndWhenItsJarIsRemoved() throws Exception {
        deploy.drop(deploy.sample(), JAR, Plugin.State.IN_USE);
        try (SampleRun run = run().start().held(); SampleRun next = run().open()) {
            deploy.remove(JAR);
            assertEquals(Plugin.State.LEAVING, deploy.plugin(JAR).orElseThrow().state());
            assertFalse(components.ids().contains(SAMPLE));
            assertEquals("a new run does not see it", 2, next.start().status());
            run.open();
            assertEquals(run.printed(), 0, run.status());
            assertEquals(List.of(FIRST, FIRST), run.said());
            assertTrue(Files.exists(run.workDir().resolve("epoch_1.json")));
        }
        deploy.until(() -> !isInstalled() && deploy.plugin(JAR).isEmpty());
    }

    @Test
    public void aRunGoesOnWithWhatItBeganWithWhenItsJarIsReplacedAndTheNextRunSeesTheChange() throws Exception {
        deploy.drop(deploy.sample(), JAR, Plugin.State.IN_USE);
        Path second = Jars.edition(Files.createTempFile("second", ".jar"), deploy.sample(), "second edition");
        try (SampleRun run = run().start().held(); SampleRun next = run().open()) {
            deploy.copy(second, JAR);
            deploy.await(JAR, Plugin.State.LEAVING);
            deploy.await(JAR, Plugin.State.IN_USE);
            assertEquals(next.printed(), 0, next.start().status());
            assertEquals(List.of("second edition", "second edition"), next.said());
            run.open();
            assertEquals(run.printed(), 0, run.status());
            assertEquals(List.of(FIRST, FIRST), run.said());
        }
        deploy.until(() -> plugins.list().stream().noneMatch(plugin -> plugin.state() == Plugin.State.LEAVING));
        assertEquals(Plugin.State.IN_USE, deploy.plugin(JAR).orElseThrow().state());
    }

    @Test
    public void aCommandGoesOnWhenItsJarIsRemoved() throws Exception {
        deploy.drop(deploy.probe(), JAR, Plugin.State.IN_USE);
        Path gate = Files.createTempDirectory("probe").resolve("gate");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return deploy.selfsup(new PrintStream(out, true, StandardCharsets.UTF_8), "probe late --cfg-options '" + gate + "'");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        deploy.until(() -> out.toString(StandardCharsets.UTF_8).startsWith("started"));
        deploy.remove(JAR);
        Files.createFile(gate);
        assertEquals(out.toString(StandardCharsets.UTF_8), 0, (int) status.get(30, TimeUnit.SECONDS));
        assertEquals(List.of("started", "first edition"), out.toString(StandardCharsets.UTF_8).lines().toList());
        deploy.until(() -> !isInstalled());
    }

    @Test
    public void everyInstalledComponentHasAFactory() {
        assertFalse(components.ids().isEmpty());
        assertEquals(components.ids(), components.all().stream().map(Components.Installed::id).toList());
    }
}
