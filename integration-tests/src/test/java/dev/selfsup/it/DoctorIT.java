package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user learns of a machine, a config and a run: {@code doctor}, {@code config explain}, {@code config diff}, {@code --verbose} and the log. */
final class DoctorIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final String PARITY = "ok    parity      [1-9]\\d+ values of neck_nonlinear_default2 are those of the reference, gradients included";

    @TempDir
    Path folder;
    private Selfsup selfsup;

    @BeforeEach
    void prepare() throws IOException {
        selfsup = new Selfsup(folder);
    }

    @Test
    void doctorLooksAtEverythingAndEndsWithTheNumbers() throws Exception {
        Selfsup.Ended ended = selfsup.run("doctor");
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(List.of(), ended.err());
        assertTrue(ended.out().stream().allMatch(line -> line.matches("(ok  |warn)  [a-z_-]+ +\\S.*")), ended::toString);
        assertEquals(new TreeSet<>(List.of("backend", "cache", "deploy", "fonts", "gpu", "java", "memory", "natives", "onnx", "parity", "plug-ins",
                "processor", "threads", "work_dirs")), ended.out().stream().map(line -> line.split(" +")[1]).collect(Collectors.toCollection(TreeSet::new)));
        assertTrue(ended.out().stream().anyMatch(line -> line.matches("ok    natives     ND4J 1\\.0\\.0-M2\\.1 CpuBackend, compiled for AVX2.*")), ended::toString);
        assertTrue(ended.out().contains("ok    natives     oneDNN 2.5.2 for the fast kernels"), ended::toString);
        assertTrue(ended.last().matches(PARITY), ended::last);
    }

    @Test
    void doctorChecksAConfigItsImagesAndItsMemory() throws Exception {
        Selfsup.Ended good = selfsup.run("doctor", "tiny.yaml");
        assertEquals(0, good.status(), good::toString);
        assertTrue(good.out().contains("ok    config      tiny.yaml is valid"), good::toString);
        assertTrue(good.out().contains("ok    data        24 images; of the first 16, 16 can be used"), good::toString);
        assertTrue(good.out().stream().anyMatch(line -> line.matches("ok    memory      a step of 8 images needs about \\d+ MiB \\(\\d+ thousand weights\\).*")),
                good::toString);
        Selfsup.Ended bad = selfsup.run("doctor", "tiny.yaml", "--cfg-options", "train_dataloader.dataset.data_root=none", "custom_hooks.0.bank.data_root=nowhere");
        assertEquals(1, bad.status(), bad::toString);
        assertTrue(bad.out().stream().anyMatch(line -> line.startsWith("fail  data ") && line.contains("there is no folder \"none\"")), bad::toString);
        assertTrue(bad.out().stream().anyMatch(line -> line.startsWith("fail  config ")
                && line.contains("custom_hooks.0.bank.data_root: there is no folder nowhere")), bad::toString);
        assertTrue(bad.last().matches(PARITY), bad::last);
        Selfsup.Ended wrong = selfsup.run("doctor", "tiny.yaml", "--cfg-options", "model.backbone.dept=18");
        assertEquals(1, wrong.status(), wrong::toString);
        assertTrue(wrong.out().stream().anyMatch(line -> line.startsWith("fail  config ") && line.contains("did you mean 'depth'?")), wrong::toString);
    }

    @Test
    void doctorTellsOfPlugInsThatAreNotUsable() throws Exception {
        Path deploy = Files.createDirectory(selfsup.path("plugged"));
        Files.copy(Path.of(System.getProperty("selfsup.sample")), deploy.resolve("sample.jar"));
        Jars.bundle(deploy.resolve("user.jar"), "acme.user", "Import-Package: com.acme.tools");
        selfsup.with("SELFSUP_DEPLOY", deploy.toString());
        Selfsup.Ended ended = selfsup.run("doctor");
        assertEquals(0, ended.status(), ended::toString);
        assertTrue(ended.out().stream().anyMatch(line -> line.startsWith("warn  plug-ins")
                && line.contains("plugged/user.jar needs package com.acme.tools, which no bundle offers")), ended::toString);
        assertTrue(ended.out().stream().anyMatch(line -> line.matches("ok    plug-ins    \\d+ bundles in use, 1 of them from .*plugged")), ended::toString);
    }

    @Test
    void doctorSaysThatAnH100DoesNotRunNd4jsKernels() throws Exception {
        Path programs = Files.createDirectory(selfsup.path("programs"));
        Path smi = Files.writeString(programs.resolve("nvidia-smi"), "#!/bin/sh\necho 'NVIDIA H100 80GB HBM3, 535.129.03, 9.0, 81559 MiB'\n");
        assertTrue(smi.toFile().setExecutable(true));
        selfsup.with("PATH", programs + ":" + System.getenv("PATH"));
        Selfsup.Ended ended = selfsup.run("doctor");
        assertEquals(0, ended.status(), ended::toString);
        assertTrue(ended.out().stream().anyMatch(line -> line.startsWith("warn  gpu ") && line.contains("H100")
                && line.contains("CUDA 11.6 kernels for compute capability 3.7 to 8.6 only, without PTX")
                && line.contains("-> train on the CPU backend")), ended::toString);
    }

    @Test
    void explainNamesThePlaceTheOverriddenValueAndTheDefault() throws Exception {
        Selfsup.Ended written = selfsup.run("config", "explain", "tiny.yaml", "model.backbone.depth", "--cfg-options", "model.backbone.depth=34");
        assertEquals(0, written.status(), written::toString);
        assertEquals(List.of("model.backbone.depth: 34", "  written at  --cfg-options model.backbone.depth=34",
                "  overrides  18  tiny.yaml:20:12"), written.out().subList(0, 3));
        Selfsup.Ended preset = selfsup.run("config", "explain", "tiny.yaml", "model.backbone.in_channels");
        assertEquals(List.of("model.backbone.in_channels: 3", "  not written; the default of ResNet_CIFAR"), preset.out().subList(0, 2));
        assertTrue(preset.out().contains("  'selfsup info mmcls.ResNet_CIFAR' explains its keys"), preset::toString);
        Selfsup.Ended unknown = selfsup.run("config", "explain", "tiny.yaml", "model.backbone.dept");
        assertTrue(unknown.told(2, "model.backbone.dept: unknown key of ResNet_CIFAR, did you mean 'depth'?"), unknown::toString);
    }

    @Test
    void diffShowsWhatChangedAndItsStatusSaysWhetherAnythingDid() throws Exception {
        Selfsup.Ended equal = selfsup.run("config", "diff", "tiny.yaml", "tiny.yaml");
        assertEquals(new Selfsup.Ended(0, List.of("equal"), List.of()), equal);
        Selfsup.Ended different = selfsup.run("config", "diff", "tiny.yaml", "tiny.yaml", "--cfg-options", "model.backbone.depth=34");
        assertEquals(new Selfsup.Ended(1, List.of("model.backbone", "  ~ depth:  18 -> 34  tiny.yaml:20:12 -> --cfg-options model.backbone.depth=34",
                "1 different, 0 only in tiny.yaml, 0 only in tiny.yaml"), List.of()), different);
    }

    @Test
    void verboseShowsBundlesAndTheBackendWithTimesOnStandardErrorOnly() throws Exception {
        String recorded = ROOT.resolve("integration-tests/fixtures/components/neck_nonlinear_default2").toString();
        Selfsup.Ended quiet = selfsup.run("parity", recorded);
        Selfsup.Ended before = selfsup.run("--verbose", "parity", recorded);
        Selfsup.Ended after = selfsup.run("parity", recorded, "--verbose");
        for (Selfsup.Ended verbose : List.of(before, after)) {
            assertEquals(quiet.out(), verbose.out());
            assertEquals(0, verbose.status());
            for (String pattern : List.of("backend .*backend-cpu.*", "bundle installed selfsup\\.shell 0\\.1\\.0.*",
                    "bundle started selfsup\\.shell 0\\.1\\.0.* in \\d+ ms",
                    "INFO Loaded \\[CpuBackend\\] backend")) {
                assertTrue(verbose.err().stream().anyMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d " + pattern)), () -> pattern + " in " + verbose);
            }
            assertFalse(verbose.err().stream().anyMatch(line -> line.contains("bundle stopped")), verbose::toString);
        }
    }

    @Test
    void withoutItNoCommandSaysAnythingOfTheContainerOrTheBackend() throws Exception {
        for (String line : List.of("train tiny.yaml --work-dir run --cfg-options train_cfg.max_epochs=1", "knn tiny.yaml run/epoch_1.json", "list",
                "info SimCLR", "help", "help config explain", "config print tiny.yaml", "config validate tiny.yaml")) {
            Selfsup.Ended ended = selfsup.run(line.split(" "));
            assertEquals(0, ended.status(), ended::toString);
            assertEquals(List.of(), ended.err(), line);
            assertFalse(ended.out().stream().anyMatch(text -> text.matches("(?i).*(felix|slf4j|osgi|nd4j|CpuBackend).*")), ended::toString);
        }
    }

    @Test
    void theLogOfARunHoldsItsEvents() throws Exception {
        Selfsup.Running running = selfsup.start("train", "tiny.yaml", "--work-dir", "run", "--cfg-options", "train_cfg.max_epochs=100000");
        try {
            running.until(() -> selfsup.log("run").size() > 2);
            running.signal("TERM");
            assertEquals(143, running.ended().status());
        } finally {
            running.process().destroyForcibly();
        }
        List<String> events = selfsup.events("run");
        assertTrue(events.get(0).endsWith("\"text\":\"seed 7\"}"), events::toString);
        assertTrue(events.stream().anyMatch(line -> line.matches(".*\"iter\":\\d+,\"text\":\"saved (iter|epoch)_\\d+\"}")), events::toString);
        assertTrue(events.get(events.size() - 1).contains("\"text\":\"stopped at epoch "), events::toString);
    }
}
