package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plugins}, and what is told of a full {@code deploy/}, as a user of the command line sees it. */
final class PluginsIT {
    private static final Path DIST = Path.of(System.getProperty("selfsup.dist"));
    private static final Path SAMPLE = Path.of(System.getProperty("selfsup.sample"));

    @TempDir
    private Path folder;
    private Path deploy;
    private Selfsup selfsup;

    @BeforeEach
    void deploy() throws IOException {
        selfsup = new Selfsup(folder);
        deploy = Files.createDirectory(selfsup.path("deploy"));
    }

    private Selfsup.Ended run(String... line) throws IOException, InterruptedException {
        return selfsup.with("SELFSUP_DEPLOY", deploy.toString()).run(line);
    }

    @Test
    void everyJarThatCannotBeUsedIsOneLineAtStartUpAndTheOthersWork() throws Exception {
        Files.copy(SAMPLE, deploy.resolve("sample.jar"));
        Files.copy(Path.of(System.getProperty("selfsup.broken") + "constructor.jar"), deploy.resolve("constructor.jar"));
        Files.writeString(deploy.resolve("garbage.jar"), "garbage");
        // The one that needs comes first by name: what it needs is there before anything is said.
        Jars.bundle(deploy.resolve("a-user.jar"), "acme.user", "Import-Package: com.acme.tools");
        Jars.bundle(deploy.resolve("tools.jar"), "acme.tools", "Export-Package: com.acme.tools");
        Selfsup.Ended ended = run("probe", "echo", "--cfg-options", "works");
        assertEquals(List.of("works"), ended.out());
        assertEquals(List.of(
                "WARN deploy/constructor.jar: is not usable: dev.selfsup.broken.constructor.WrongConstructor$Factory: port 70000 is out of range "
                        + "(IllegalArgumentException)",
                "WARN deploy/garbage.jar: is broken, or no jar: zip END header not found (ZipException); copy it again"), ended.err());
        assertEquals(0, ended.status());
    }

    @Test
    void theListSaysWhatEachAddsAndWhyOneIsNotUsable() throws Exception {
        Files.copy(SAMPLE, deploy.resolve("sample.jar"));
        Jars.bundle(deploy.resolve("user.jar"), "acme.user", "Import-Package: com.acme.tools");
        List<String> out = run("plugins").out();
        assertTrue(out.stream().anyMatch(line -> line.matches(" +deploy/sample.jar +\\S+ +in use.*")), out::toString);
        assertTrue(out.stream().anyMatch(line -> line.contains("command probe, transform sample.SampleInvert")), out::toString);
        assertTrue(out.stream().anyMatch(line -> line.contains("needs package com.acme.tools, which no bundle offers")), out::toString);
        assertTrue(out.stream().anyMatch(line -> line.matches(" +selfsup.algorithms.simclr .*in use.*")), out::toString);
        assertTrue(out.stream().allMatch(line -> line.length() <= 100), out::toString);
    }

    @Test
    void aJarIsCheckedBeforeItIsDropped() throws Exception {
        Selfsup.Ended good = run("plugins", "check", SAMPLE.toString());
        assertEquals(0, good.status());
        assertTrue(good.last().endsWith(": usable, adds command probe, transform sample.SampleInvert"),
                good::toString);
        Path plain = Jars.manifest(selfsup.path("plain.jar"));
        assertEquals(new Selfsup.Ended(2, List.of(), List.of(plain + ": is not a bundle: its manifest has no Bundle-SymbolicName; build it with bnd")),
                run("plugins", "check", plain.toString()));
        assertTrue(run("plugins", "check", "none.jar").told(2, "none.jar does not exist"));
        assertTrue(run("plugins", "check").told(2, "selfsup plugins check: Missing required parameter", "JAR"));
    }

    @Test
    void aConfigThatNamesATypeOfAnUnusablePluginIsToldWhy() throws Exception {
        Files.copy(Path.of(System.getProperty("selfsup.broken") + "defaults.jar"), deploy.resolve("defaults.jar"));
        Files.writeString(selfsup.path("wrong.yaml"), Files.readString(selfsup.path("tiny.yaml")).replace("type: KnnHook", "type: WrongDefault"));
        assertTrue(run("config", "validate", "wrong.yaml").told(2, "no hook 'WrongDefault' is installed: deploy/defaults.jar has it, but is not usable: "
                + "hook broken.WrongDefault: size must be positive, not -1"));
    }

    @Test
    void whatAConfigNeedsIsEnoughToTrainIt() throws Exception {
        Selfsup.Ended needs = run("plugins", "needs", "tiny.yaml");
        assertEquals(0, needs.status(), needs::toString);
        assertFalse(needs.out().contains("selfsup.optimizers.lars"));
        Path slim = slim(needs.out());
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dselfsup.home=" + slim,
                "-Dselfsup.deploy=" + deploy, "-Dselfsup.cache=" + selfsup.path("cache"), "-cp",
                Stream.of("boot", "core", "backend-cpu").map(lib -> DIST.resolve("lib").resolve(lib) + "/*").reduce((a, b) -> a + ":" + b).orElseThrow(),
                "dev.selfsup.launcher.Main", "train", "tiny.yaml", "--work-dir", "slim-run", "--cfg-options", "train_cfg.max_epochs=1"));
        Selfsup.Ended ended = selfsup.launch(line).ended();
        assertEquals(0, ended.status(), ended::toString);
        assertTrue(Files.exists(selfsup.path("slim-run").resolve("epoch_1.json")));
    }

    /** A distribution that holds no other bundles than the named ones. */
    private Path slim(List<String> names) throws IOException {
        Path slim = Files.createDirectories(selfsup.path("slim"));
        for (String part : List.of("system", "bundles")) {
            Files.createDirectories(slim.resolve(part));
            try (Stream<Path> jars = Files.list(DIST.resolve(part))) {
                for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                    if (part.equals("system") || names.contains(jar.getFileName().toString().replaceFirst("\\.jar$", ""))) {
                        Files.copy(jar, slim.resolve(part).resolve(jar.getFileName()));
                    }
                }
            }
        }
        Files.createSymbolicLink(slim.resolve("lib"), DIST.resolve("lib"));
        return slim;
    }

    @Test
    void aBndrunNamesTypesAsRequirements() throws Exception {
        List<String> out = run("plugins", "needs", "tiny.yaml", "--bndrun").out();
        assertTrue(out.contains("    selfsup.type;filter:='(&(kind=backbone)(name=ResNet_CIFAR)(scope=mmcls))',\\"), out::toString);
        assertTrue(out.contains("-runbundles: \\"), out::toString);
        assertTrue(out.stream().anyMatch(line -> line.startsWith("    selfsup.algorithms.simclr;version=")), out::toString);
    }
}
