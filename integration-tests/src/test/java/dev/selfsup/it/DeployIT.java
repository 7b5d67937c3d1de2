package dev.selfsup.it;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemPackage;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Components.Id;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;

/** The bundles of the distribution in a running container. */
@RunWith(PaxExam.class)
public final class DeployIT {
    private static final Id SAMPLE = new Id("algorithm", "sample", "SampleMatch");
    private static final long SECONDS = 30;

    @Inject
    private Components components;

    @Inject
    private BundleContext bundles;

    /** What the container consists of: the distribution and an empty, watched folder. */
    @Configuration
    public Option[] distribution() throws IOException {
        Path dist = Path.of(System.getProperty("selfsup.dist"));
        Path deploy = Files.createTempDirectory("deploy");
        List<Option> options = new ArrayList<>(List.of(
                junitBundles(),
                frameworkProperty("felix.fileinstall.dir").value(deploy.toString()),
                frameworkProperty("felix.fileinstall.poll").value("100"),
                frameworkProperty("felix.fileinstall.noInitialDelay").value("true"),
                frameworkProperty("felix.fileinstall.tmpdir").value(Files.createTempDirectory("fileinstall").toString()),
                frameworkProperty("selfsup.images").value(System.getProperty("selfsup.root") + "/configs/quickstart/data/val/rocket"),
                frameworkProperty("selfsup.sample").value(System.getProperty("selfsup.sample"))));
        for (String folder : List.of("lib/core", "lib/backend-cpu")) {
            Files.readAllLines(dist.resolve(folder).resolve("packages.list")).forEach(line -> options.add(systemPackage(line)));
        }
        for (String folder : List.of("system", "bundles")) {
            try (Stream<Path> jars = Files.list(dist.resolve(folder))) {
                jars.filter(jar -> jar.toString().endsWith(".jar")).sorted()
                        .forEach(jar -> options.add(bundle(jar.toUri().toString())));
            }
        }
        return options.toArray(Option[]::new);
    }

    @Test
    public void anAlgorithmDroppedIntoDeployIsListedTrainsAndIsGoneWhenRemoved() throws Exception {
        assertFalse(components.ids().contains(SAMPLE));
        Path jar = Path.of(bundles.getProperty("felix.fileinstall.dir"), "sample.jar");
        await(ServiceEvent.REGISTERED, () -> Files.copy(Path.of(bundles.getProperty("selfsup.sample")), jar));
        assertTrue(components.ids().contains(SAMPLE));
        assertNotNull(components.find("algorithm", "SampleMatch", List.of("mmselfsup")).orElseThrow().factory());
        Path workDir = train();
        assertTrue(Files.exists(workDir.resolve("epoch_1.json")));
        assertTrue(Files.readString(workDir.resolve("log.jsonl")).contains("\"loss\""));
        await(ServiceEvent.UNREGISTERING, () -> Files.delete(jar));
        assertFalse(components.ids().contains(SAMPLE));
    }

    @Test
    public void everyInstalledComponentHasAFactory() {
        assertFalse(components.ids().isEmpty());
        assertEquals(components.ids(), components.all().stream().map(Components.Installed::id).toList());
    }

    /** Trains an epoch with the dropped algorithm, by the command that users type. */
    private Path train() throws Exception {
        Path folder = Files.createTempDirectory("train");
        Path config = Files.writeString(folder.resolve("sample.yaml"), """
                model:
                  type: sample.SampleMatch
                  backbone: {type: mmcls.ResNet_CIFAR, depth: 18, stem_channels: 4, base_channels: 4, zero_init_residual: false}
                train_dataloader:
                  batch_size: 16
                  drop_last: true
                  sampler: {type: DefaultSampler, shuffle: true}
                  dataset:
                    type: mmcls.CustomDataset
                    data_root: %s
                    pipeline:
                      - {type: LoadImageFromFile}
                      - {type: MultiView, num_views: 2, transforms: [[{type: RandomResizedCrop, size: 16}]]}
                      - {type: PackSelfSupInputs}
                optim_wrapper: {optimizer: {type: SGD, lr: 0.1}}
                train_cfg: {type: EpochBasedTrainLoop, max_epochs: 1}
                default_hooks: {logger: {type: LoggerHook, interval: 1}}
                """.formatted(bundles.getProperty("selfsup.images")));
        CommandProcessor gogo = bundles.getService(bundles.getServiceReference(CommandProcessor.class));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CommandSession session = gogo.createSession(InputStream.nullInputStream(), out, out)) {
            session.execute("selfsup:train '" + config + "' --work-dir '" + folder.resolve("run") + "'");
            assertEquals(out.toString(StandardCharsets.UTF_8), 0, session.get("selfsup.status"));
        }
        return folder.resolve("run");
    }

    /** Does something and waits until the sample's factory has come or gone, and the registry has learnt of it. */
    private void await(int event, Change change) throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        boolean expected = event == ServiceEvent.REGISTERED;
        // Listeners are told in an order of their own: the registry may hear of the event after this one does.
        ServiceListener listener = told -> {
            if (told.getType() == event) {
                new Thread(() -> {
                    while (components.ids().contains(SAMPLE) != expected) {
                        Thread.onSpinWait();
                    }
                    seen.countDown();
                }).start();
            }
        };
        bundles.addServiceListener(listener, "(selfsup.name=SampleMatch)");
        change.make();
        assertTrue("seen within " + SECONDS + " s", seen.await(SECONDS, TimeUnit.SECONDS));
        bundles.removeServiceListener(listener);
    }

    private interface Change {
        void make() throws IOException;
    }
}
