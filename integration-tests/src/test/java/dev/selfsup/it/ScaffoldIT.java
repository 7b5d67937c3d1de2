package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A plug-in of every kind as {@code new} writes it, in a folder with blanks and umlauts: it is built and tested by one call of Maven, plugged in, and trains. */
final class ScaffoldIT {
    private static final List<String> KINDS = List.of("algorithm", "backbone", "neck", "head", "loss", "transform", "hook");
    private static final Pattern LOSS = Pattern.compile("\"mode\":\"train\".*\"loss\":(-?[0-9.E-]+)");
    private static final long MINUTES = 5;

    @TempDir
    static Path folder;

    private static Selfsup selfsup;
    private static Path projects;

    @BeforeAll
    static void plugInOneOfEveryKind() throws IOException, InterruptedException {
        selfsup = new Selfsup(folder).with("SELFSUP_DEPLOY", folder.resolve("deploy").toString()).with("LC_ALL", "C.UTF-8");
        projects = Files.createDirectory(folder.resolve("Plug-ins für übermorgen"));
        for (String kind : KINDS) {
            Selfsup.Ended written = selfsup.run("new", kind, type(kind), "--dir", projects.resolve(kind).toString());
            assertEquals(0, written.status(), written::toString);
            assertTrue(written.last().endsWith("/selfsup train 'Plug-ins für übermorgen/" + kind + "/configs/my_" + kind + ".yaml'"), written::toString);
        }
        build();
        for (Path jar : jars()) {
            Files.copy(jar, folder.resolve("deploy").resolve(jar.getFileName()));
        }
    }

    private static String type(String kind) {
        return "My" + kind.substring(0, 1).toUpperCase() + kind.substring(1);
    }

    private static List<Path> jars() {
        return KINDS.stream().map(kind -> projects.resolve(kind + "/target/my-" + kind + "-1.0.0.jar")).toList();
    }

    private static void build() throws IOException, InterruptedException {
        String modules = String.join("", KINDS.stream().map(kind -> "<module>" + kind + "</module>").toList());
        Files.writeString(projects.resolve("pom.xml"), "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>"
                + "<groupId>all</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging><modules>" + modules + "</modules></project>");
        Path out = folder.resolve("mvn.txt");
        ProcessBuilder mvn = new ProcessBuilder(System.getProperty("maven.home") + "/bin/mvn", "-q", "-B", "package").directory(projects.toFile())
                .redirectErrorStream(true).redirectOutput(out.toFile());
        mvn.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home"), "LC_ALL", "C.UTF-8"));
        Process process = mvn.start();
        boolean inTime = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertTrue(inTime, () -> "takes longer than " + MINUTES + " minutes");
        assertEquals(0, process.waitFor(), Files.readString(out));
    }

    @Test
    void everyProjectHasRunItsTests() throws IOException {
        for (String kind : KINDS) {
            Path report = projects.resolve(kind + "/target/surefire-reports/TEST-custom." + kind + ".my" + kind + "." + type(kind) + "Test.xml");
            assertTrue(Files.readString(report).matches("(?s).*<testsuite [^>]*tests=\"[1-9]\" errors=\"0\" skipped=\"0\" failures=\"0\".*"), report::toString);
        }
    }

    @Test
    void theBundlesKeepTheRulesOfOurs() throws IOException {
        assertEquals(List.of(), ManifestIT.forbiddenImports(jars()));
        assertEquals(List.of(), ManifestIT.usersOfWrongGradients(jars()));
        List<Attributes> manifests = ManifestIT.manifests(jars());
        for (int i = 0; i < KINDS.size(); i++) {
            String kind = KINDS.get(i);
            assertTrue(manifests.get(i).getValue("Provide-Capability").contains("selfsup.type;kind=" + kind + ";name=" + type(kind) + ";scope=custom"), kind);
            assertEquals(null, manifests.get(i).getValue("Export-Package"), kind);
            try (JarFile jar = new JarFile(jars().get(i).toFile())) {
                List<String> descriptions = jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".json")).toList();
                assertEquals(List.of("META-INF/selfsup/" + kind + ".custom." + type(kind) + ".json"), descriptions);
            }
        }
    }

    @Test
    void theContainerKnowsThemAll() throws IOException, InterruptedException {
        Selfsup.Ended list = selfsup.run("list");
        for (String kind : KINDS) {
            assertTrue(list.out().stream().anyMatch(line -> line.matches("  " + type(kind) + " +custom +\\w.*")), list::toString);
        }
    }

    @Test
    void aTypeThatIsInstalledIsNotWrittenAgain() throws IOException, InterruptedException {
        Selfsup.Ended refused = selfsup.run("new", "neck", "MyNeck", "--dir", "again");
        assertTrue(refused.told(2, "custom.MyNeck is installed already as a component of kind neck", "--scope"), refused::toString);
        assertFalse(Files.exists(folder.resolve("again")));
    }

    @TestFactory
    Stream<DynamicTest> theConfigTrainsForTwoIterations() {
        return KINDS.stream().filter(kind -> !kind.equals("algorithm")).map(kind -> DynamicTest.dynamicTest(kind, () -> {
            Selfsup.Ended ended = train(kind, 1);
            assertEquals(2, losses(kind).size(), ended::toString);
            assertTrue(!kind.equals("hook") || ended.out().stream().anyMatch(line -> line.matches("epoch 1: weight norm [0-9.]+, gradient norm [0-9.]+")),
                    ended::toString);
        }));
    }

    @Test
    void theAlgorithmLowersItsLoss() throws IOException, InterruptedException {
        Selfsup.Ended ended = train("algorithm", 8);
        List<Double> losses = losses("algorithm");
        assertEquals(16, losses.size(), ended::toString);
        assertTrue(losses.get(15) < losses.get(0) - 0.2, losses::toString);
    }

    private static Selfsup.Ended train(String kind, int epochs) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("train", projects.resolve(kind + "/configs/my_" + kind + ".yaml").toString(), "--work-dir", "run-" + kind,
                "--cfg-options", "train_dataloader.dataset.data_root=data/train", "train_dataloader.batch_size=12", "train_cfg.max_epochs=" + epochs);
        assertEquals(0, ended.status(), ended::toString);
        return ended;
    }

    private static List<Double> losses(String kind) {
        return selfsup.log("run-" + kind).stream().map(LOSS::matcher).filter(Matcher::find).map(found -> Double.valueOf(found.group(1))).toList();
    }
}
