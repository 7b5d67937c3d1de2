package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every quickstart that pretrains, on a few of its images for two epochs: it trains, and resumed in the middle of an epoch it gives bit for bit what the whole run gives. */
final class QuickstartsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path QUICKSTARTS = Path.of("configs/quickstart");
    private static final long SECONDS = 120;
    /** Ten classes of 8 images in batches of 16: five iterations an epoch, saved after the third and sixth, and after the last. */
    private static final int IMAGES = 8;
    private static final int CLASSES = 10;
    private static final String SHORT = " --cfg-options train_dataloader.batch_size=16 train_cfg.max_epochs=2 default_hooks.logger.interval=1"
            + " 'default_hooks.checkpoint={type: CheckpointHook, interval: 3, by_epoch: false, _delete_: true}'";
    private static final String MIDDLE = "iter_3";
    private static final String LAST = "iter_10";
    private static final String KNN = "knn: raw 0\\.\\d{3}, untrained 0\\.\\d{3}, trained 0\\.\\d{3}";

    @TempDir
    static Path folder;

    private static Selfsup selfsup;
    private static Selfsup.Running shell;
    private static Writer lines;
    private static int jobs;

    /** One process for all: a shell whose lines come from a pipe. Its folder has the quickstarts where a checkout has them, with few images. */
    @BeforeAll
    static void start() throws IOException {
        selfsup = new Selfsup(folder);
        copy(ROOT.resolve(QUICKSTARTS), Files.createDirectories(folder.resolve(QUICKSTARTS)));
        shell = selfsup.launch(List.of(ROOT.resolve("selfsup").toString()));
        lines = shell.process().outputWriter();
    }

    @AfterAll
    static void end() throws IOException, InterruptedException {
        lines.close();
        assertTrue(shell.process().waitFor(SECONDS, TimeUnit.SECONDS));
    }

    @TestFactory
    Stream<DynamicTest> trainsAndResumesExactly() throws IOException {
        List<String> names = names();
        assertFalse(names.isEmpty());
        return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> holds(name)));
    }

    private static void holds(String name) throws Exception {
        String config = "train " + QUICKSTARTS.resolve(name + ".yaml") + " --work-dir " + name;
        String few = SHORT + memory(Files.readString(ROOT.resolve(QUICKSTARTS).resolve(name + ".yaml")));
        String whole = train(config + "-whole" + few);
        String resumed = train(config + "-resumed --resume " + name + "-whole/" + MIDDLE + ".json" + few);
        assertTrue(whole.matches(KNN), whole);
        assertEquals(whole, resumed);
        assertEquals(-1, Files.mismatch(selfsup.tensors(name + "-whole", LAST), selfsup.tensors(name + "-resumed", LAST)), "weights, buffers, optimizer");
        assertTrue(iteration(name + "-whole") < 4 && iteration(name + "-resumed") >= 4, "the resumed run begins where the other was saved");
    }

    /** A memory for as few images as there are here, of clusters as small. */
    private static String memory(String config) {
        return (config.contains("memory_bank:") ? " model.memory_bank.length=" + CLASSES * IMAGES : "")
                + (config.contains("min_cluster:") ? " model.memory_bank.min_cluster=2" : "");
    }

    /** Runs a line to its end. */
    private static String train(String line) throws Exception {
        jobs++;
        Pattern ended = Pattern.compile("(?m)^job " + jobs + " (done|stopped|failed) \\(.*?\\)(?:: (.*))?$");
        lines.write(line + "\nattach " + jobs + "\n");
        lines.flush();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        shell.until(() -> ended.matcher(text(shell.out())).find() || System.nanoTime() > deadline);
        Matcher end = ended.matcher(text(shell.out()));
        assertTrue(end.find() && end.group(1).equals("done"), () -> line + ": " + text(shell.out()) + text(shell.err()));
        return end.group(2);
    }

    /** The first iteration in the log of a run. */
    private static int iteration(String run) {
        return Integer.parseInt(selfsup.log(run).stream().filter(line -> line.startsWith("{\"mode\":\"train\"")).findFirst().orElseThrow()
                .replaceFirst(".*\"iter\":(\\d+).*", "$1"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve(QUICKSTARTS))) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".yaml") && !file.startsWith("linear")).map(file -> file.replace(".yaml", "")).sorted().toList();
        }
    }

    /** Copies a folder, of folders of images the first few. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            int images = 0;
            for (Path file : files.sorted().toList()) {
                Path target = to.resolve(file.getFileName());
                if (Files.isDirectory(file)) {
                    copy(file, Files.createDirectories(target));
                } else if (!file.toString().endsWith(".jpg") || images++ < IMAGES) {
                    Files.copy(file, target);
                }
            }
        }
    }
}
