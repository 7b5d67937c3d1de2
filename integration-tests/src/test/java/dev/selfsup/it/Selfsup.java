package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The script {@code selfsup} in a folder that holds a tiny data set, {@code data/{train,val}/CLASS}, and configs for it. */
final class Selfsup {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final long SECONDS = 240;
    /** Begins a process that hears every signal: what began these tests may ignore some, as nohup does HUP, and what they begin would too. */
    private static final List<String> HEARING = List.of("env", "--default-signal");

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private int started;

    /** How a process ended. */
    record Ended(int status, List<String> out, List<String> err) {
        /** Whether an error is told in words, and never by a stack trace. */
        boolean told(int expected, String... words) {
            String all = String.join("\n", err);
            return status == expected && Arrays.stream(words).allMatch(all::contains) && !trace(all) && !trace(String.join("\n", out));
        }

        private static boolean trace(String text) {
            return text.contains("\tat ") || text.contains("Exception in") || text.contains("unexpected failure");
        }

        String last() {
            return out.get(out.size() - 1);
        }
    }

    /** A process that has been started. */
    record Running(Process process, Path out, Path err) {
        /** Waits for something to become true while the process runs. */
        void until(BooleanSupplier condition) throws InterruptedException {
            while (process.isAlive() && !condition.getAsBoolean()) {
                process.waitFor(1, TimeUnit.MILLISECONDS);
            }
        }

        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).inheritIO().start().waitFor();
        }

        Ended ended() throws IOException, InterruptedException {
            boolean inTime = process.waitFor(SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertTrue(inTime, () -> "still runs after " + SECONDS + " s: " + out);
            return new Ended(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err, StandardCharsets.UTF_8));
        }
    }

    /** An empty folder; its data set is made. */
    Selfsup(Path folder) throws IOException {
        this.folder = folder;
        for (String config : List.of("tiny.yaml", "exact.yaml", "deepcluster.yaml", "swav.yaml", "beitv2.yaml")) {
            Files.copy(ROOT.resolve("integration-tests/src/test/resources/runs").resolve(config), folder.resolve(config));
        }
        for (String part : List.of("train", "val")) {
            for (String name : List.of("astronaut", "brick", "coffee", "retina")) {
                copy(ROOT.resolve("configs/quickstart/data").resolve(part).resolve(name), folder.resolve("data").resolve(part).resolve(name),
                        part.equals("train") ? 6 : 3);
            }
        }
    }

    private static void copy(Path from, Path to, int count) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().limit(count).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** Sets a variable of the environment of all processes from here on. */
    Selfsup with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    Ended run(String... line) throws IOException, InterruptedException {
        return start(line).ended();
    }

    Running start(String... line) throws IOException {
        List<String> words = new ArrayList<>(List.of(ROOT.resolve("selfsup").toString()));
        words.addAll(List.of(line));
        return launch(words);
    }

    /** Runs an interactive shell whose lines come from a pipe. */
    Ended pipe(String lines) throws IOException, InterruptedException {
        Running shell = launch(List.of(ROOT.resolve("selfsup").toString()));
        try (Writer in = shell.process().outputWriter()) {
            in.write(lines);
        }
        return shell.ended();
    }

    /** Runs where no file may grow beyond some size, as on a full disk. */
    Ended runWithin(int kilobytes, String... line) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("bash", "-c", "ulimit -f " + kilobytes + "; exec \"$@\"", "bash", ROOT.resolve("selfsup").toString()));
        words.addAll(List.of(line));
        return launch(words).ended();
    }

    /** A line that runs a program which hears every signal. */
    static List<String> hearing(List<String> words) {
        return Stream.concat(HEARING.stream(), words.stream()).toList();
    }

    /** Runs any program in the folder. */
    Running launch(List<String> words) throws IOException {
        started++;
        Path out = folder.resolve("out" + started + ".txt");
        Path err = folder.resolve("err" + started + ".txt");
        ProcessBuilder builder = new ProcessBuilder(hearing(words)).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TMPDIR", folder.toString());
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }

    /** Files in a folder of a run whose names match, in order. */
    List<Path> files(String run, String pattern) {
        try (Stream<Path> files = Files.list(folder.resolve(run))) {
            return files.filter(file -> file.getFileName().toString().matches(pattern)).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The tensor file of a checkpoint. */
    Path tensors(String run, String tag) {
        List<Path> files = files(run, tag + "-.*\\.safetensors");
        assertTrue(files.size() == 1, files::toString);
        return files.get(0);
    }

    /** The figures in the log of a run, a line each; empty while there are none. */
    List<String> log(String run) {
        return lines(run).stream().filter(line -> !isEvent(line)).toList();
    }

    /** The events in the log of a run, a line each. */
    List<String> events(String run) {
        return lines(run).stream().filter(Selfsup::isEvent).toList();
    }

    private static boolean isEvent(String line) {
        return line.startsWith("{\"mode\":\"event\"");
    }

    private List<String> lines(String run) {
        try {
            return Files.readAllLines(folder.resolve(run).resolve("log.jsonl"));
        } catch (IOException e) {
            return List.of();
        }
    }
}
