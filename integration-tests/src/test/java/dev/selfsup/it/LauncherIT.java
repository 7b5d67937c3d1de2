package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LauncherIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));

    @TempDir
    Path folder;

    @BeforeEach
    void plugInTheSample() throws IOException {
        Path deploy = Files.createDirectory(folder.resolve("deploy"));
        Files.copy(Path.of(System.getProperty("selfsup.sample")), deploy.resolve("sample.jar"));
    }

    @Test
    void argumentsReachTheCommandAsTheyAre() throws Exception {
        String[] words = {"a.b=[1, 2]", "c='x y'", "d=\"$HOME\"", "e={f: g}", "h=#1;i|j&k", "@file", "l=\\n", "m=$(pwd)", "n="};
        List<String> line = new ArrayList<>(List.of("probe", "echo", "--cfg-options"));
        line.addAll(List.of(words));
        Ended ended = run(line.toArray(String[]::new));
        assertEquals(List.of(words), ended.out());
        assertEquals(List.of(), ended.err());
        assertEquals(0, ended.status());
    }

    @Test
    void aFailedRunHasStatus1() throws Exception {
        assertEquals(1, run("probe", "fail").status());
    }

    @Test
    void aMistakeIsOneMessageAndStatus2() throws Exception {
        assertEquals(new Ended(2, List.of(), List.of("config.yaml:3: key: no such key")), run("probe", "mistake"));
    }

    @Test
    void aUsageExceptionOfARunHasItsOwnStatus() throws Exception {
        assertEquals(new Ended(1, List.of(), List.of("disk full")), run("probe", "full"));
    }

    @Test
    void anUnexpectedFailureIsOneLineThatNamesTheFileOfItsTrace() throws Exception {
        Ended ended = run("probe", "break");
        assertEquals(1, ended.status());
        assertEquals(1, ended.err().size(), ended::toString);
        String line = ended.err().get(0);
        assertTrue(line.startsWith("selfsup probe: unexpected failure: java.lang.IllegalStateException: broken (details in "), line);
        Path trace = Path.of(line.substring(line.lastIndexOf(' ') + 1, line.length() - 1));
        assertTrue(Files.readString(trace).contains("ProbeCommand.run"));
    }

    @Test
    void anUnknownCommandIsAMistakeWithASuggestion() throws Exception {
        Ended ended = run("prob");
        assertEquals(2, ended.status());
        assertTrue(ended.err().get(0).contains("no command 'prob'. Did you mean probe?"), ended::toString);
    }

    @Test
    void anUnknownOptionIsAMistake() throws Exception {
        Ended ended = run("list", "--knid");
        assertEquals(2, ended.status());
        assertTrue(ended.err().get(0).contains("Unknown option: '--knid'"), ended::toString);
    }

    @Test
    void anUnknownTypeIsAMistakeWithASuggestion() throws Exception {
        Ended ended = run("info", "SampleInvrt");
        assertEquals(2, ended.status());
        assertTrue(ended.err().get(0).contains("Did you mean SampleInvert?"), ended::toString);
    }

    @Test
    void infoExplainsAComponentAndItsKeysFromItsJavadoc() throws Exception {
        assertEquals(List.of("SampleInvert: transform of scope sample, bundle selfsup.integration-tests.sample", "",
                "  Marks a sample as inverted.", "", "  keys:", "    amount: number, default 0.5", "        how much, 0 to 1"),
                run("info", "sample.SampleInvert").out());
    }

    @Test
    void helpListsTheCommandsOfAllBundles() throws Exception {
        List<String> out = run("help").out();
        assertTrue(out.stream().anyMatch(line -> line.matches(" +probe +Ends as it is told\\.")), out::toString);
    }

    @Test
    void theFirstSignalLetsACommandSave() throws Exception {
        for (String signal : List.of("INT", "TERM")) {
            Process process = start("probe", "save");
            BufferedReader out = process.inputReader();
            assertEquals("started", out.readLine());
            kill(signal, process);
            assertEquals("saved", out.readLine());
            assertEquals(signal.equals("INT") ? 130 : 143, process.waitFor());
        }
    }

    @Test
    void theFirstSignalEndsACommandThatHasNothingToSave() throws Exception {
        Process process = start("probe", "hang");
        assertEquals("started", process.inputReader().readLine());
        kill("TERM", process);
        assertEquals(143, process.waitFor());
    }

    @Test
    void theSecondSignalEndsTheProcessAtOnce() throws Exception {
        Process process = start("probe", "stubborn");
        BufferedReader out = process.inputReader();
        assertEquals("started", out.readLine());
        kill("TERM", process);
        assertEquals("asked", out.readLine());
        kill("INT", process);
        assertEquals(130, process.waitFor());
        assertEquals(List.of(), cachesLeft());
    }

    @Test
    void aSignalDuringTheStartEndsTheProcessQuietly() throws Exception {
        Process process = builder("list").start();
        while (process.isAlive() && cachesLeft().isEmpty()) {
            process.waitFor(1, TimeUnit.MILLISECONDS);
        }
        kill("TERM", process);
        assertEquals(List.of(), process.errorReader().lines().toList());
        assertEquals(143, process.waitFor());
        assertEquals(0, run("help").status());
        assertEquals(List.of(), cachesLeft());
    }

    @Test
    void aProcessLeavesNoCacheAndRemovesThatOfAKilledOne() throws Exception {
        Process process = start("probe", "hang");
        assertEquals("started", process.inputReader().readLine());
        assertFalse(cachesLeft().isEmpty());
        process.destroyForcibly().waitFor();
        assertFalse(cachesLeft().isEmpty());
        assertEquals(0, run("help").status());
        assertEquals(List.of(), cachesLeft());
    }

    /** What a process has left behind. */
    private record Ended(int status, List<String> out, List<String> err) {}

    private Ended run(String... line) throws IOException, InterruptedException {
        Path err = folder.resolve("err.txt");
        Process process = builder(line).redirectError(err.toFile()).start();
        List<String> out = process.inputReader().lines().toList();
        assertTrue(process.waitFor(50, TimeUnit.SECONDS));
        return new Ended(process.exitValue(), out, Files.readAllLines(err));
    }

    private Process start(String... line) throws IOException {
        return builder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private ProcessBuilder builder(String... line) {
        List<String> words = new ArrayList<>(List.of(ROOT.resolve("selfsup").toString()));
        words.addAll(List.of(line));
        ProcessBuilder builder = new ProcessBuilder(Selfsup.hearing(words)).directory(folder.toFile());
        builder.environment().put("SELFSUP_DEPLOY", folder.resolve("deploy").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", folder.toString());
        return builder;
    }

    private static void kill(String signal, Process process) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start().waitFor());
    }

    private List<String> cachesLeft() throws IOException {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return files.filter(path -> path.getParent().getFileName().toString().matches("selfsup-\\d+")).map(Path::toString).toList();
        }
    }
}
