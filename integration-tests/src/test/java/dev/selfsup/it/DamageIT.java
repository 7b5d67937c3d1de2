package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged checkpoints, a full disk, diverging losses and folders in use: what was saved before is never lost. */
final class DamageIT {
    private static final String[] TRAIN = {"train", "tiny.yaml", "--work-dir", "run", "--resume"};
    /** Between the size of what a run writes before its first checkpoint and that of a checkpoint. */
    private static final int KILOBYTES = 200;

    @TempDir
    static Path folder;

    private static Selfsup selfsup;
    private static Selfsup.Ended complete;

    @BeforeAll
    static void aRunOfFourEpochs() throws IOException, InterruptedException {
        selfsup = new Selfsup(folder);
        complete = selfsup.run("train", "tiny.yaml", "--work-dir", "run");
        assertEquals(0, complete.status(), complete::toString);
        Files.copy(selfsup.tensors("run", "epoch_4"), selfsup.path("whole.safetensors"));
    }

    private interface Damage {
        void to(Path file) throws IOException;
    }

    private static void fallsBack(String reason, Damage damage) throws IOException, InterruptedException {
        damage.to(selfsup.tensors("run", "epoch_4"));
        Selfsup.Ended ended = selfsup.run(TRAIN);
        assertEquals(0, ended.status(), ended::toString);
        Predicate<String> message = line -> line.startsWith("damaged checkpoint passed over: ") && line.contains(reason);
        assertTrue(ended.out().stream().anyMatch(message), ended::toString);
        assertTrue(ended.out().stream().anyMatch(line -> line.startsWith("resumed from ") && line.contains("epoch_3.json")), ended::toString);
        assertEquals(complete.last(), ended.last());
        assertEquals(-1, Files.mismatch(selfsup.path("whole.safetensors"), selfsup.tensors("run", "epoch_4")));
    }

    @Test
    void aTruncatedCheckpointIsPassedOver() throws IOException, InterruptedException {
        fallsBack("epoch_4", file -> {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(open.length() / 2);
            }
        });
    }

    @Test
    void aCheckpointWithOneBitFlippedIsPassedOver() throws IOException, InterruptedException {
        fallsBack("does not match the checksum", file -> {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                open.seek(open.length() - 1000);
                int value = open.read();
                open.seek(open.length() - 1000);
                open.write(value ^ 1);
            }
        });
    }

    @Test
    void aFullDiskLeavesTheCheckpointsBeforeAndTheRunGoesOnLater() throws IOException, InterruptedException {
        String[] more = {"train", "tiny.yaml", "--work-dir", "full", "--resume", "--cfg-options", "train_cfg.max_epochs=1"};
        assertEquals(0, selfsup.run(more).status());
        more[more.length - 1] = "train_cfg.max_epochs=2";
        Selfsup.Ended full = selfsup.runWithin(KILOBYTES, more);
        assertTrue(full.told(1, "cannot save checkpoint", "epoch_2.json", "earlier checkpoints are intact"), full::toString);
        assertEquals(1, selfsup.files("full", ".*\\.safetensors").size());
        assertEquals(0, selfsup.run(more).status());
        assertEquals(2, selfsup.files("full", ".*\\.safetensors").size());
    }

    @Test
    void aLossThatIsNotFiniteEndsTheRunAndKeepsItsBatch() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("train", "tiny.yaml", "--work-dir", "diverged", "--cfg-options", "optim_wrapper.optimizer.lr=1e30");
        assertTrue(ended.told(1, "the loss is not finite at iteration 2", "optim_wrapper.optimizer.lr"), ended::toString);
        Path saved = selfsup.path("diverged/nonfinite_iter_2.safetensors");
        byte[] start = Files.newInputStream(saved).readNBytes(20_000);
        String header = new String(start, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (String name : List.of("batch/inputs.0", "batch/inputs.1", "backbone.conv1.weight", "neck.bn0.running_mean")) {
            assertTrue(header.contains("\"" + name + "\""), name);
        }
    }

    @Test
    void aNewRunPutsTheOneBeforeAside() throws IOException, InterruptedException {
        String[] line = {"train", "tiny.yaml", "--work-dir", "twice", "--cfg-options", "train_cfg.max_epochs=1"};
        assertEquals(0, selfsup.run(line).status());
        Files.writeString(selfsup.path("twice/notes.txt"), "mine");
        Path first = selfsup.tensors("twice", "epoch_1");
        Selfsup.Ended again = selfsup.run(line);
        assertEquals(0, again.status(), again::toString);
        assertTrue(again.out().stream().anyMatch(text -> text.endsWith(Path.of("twice", "earlier", "1").toString())), again::toString);
        for (String name : List.of(first.getFileName().toString(), "epoch_1.json", "log.jsonl", "config.yaml", "loss.png", "vis_data")) {
            assertTrue(Files.exists(selfsup.path("twice/earlier/1").resolve(name)), name);
        }
        assertTrue(Files.exists(selfsup.path("twice/notes.txt")));
        assertEquals(-1, Files.mismatch(selfsup.path("twice/earlier/1").resolve(first.getFileName()), selfsup.tensors("twice", "epoch_1")));
        assertEquals(selfsup.log("twice").size(), selfsup.log("twice/earlier/1").size());
    }

    @Test
    void twoProcessesDoNotTrainInOneFolder() throws IOException, InterruptedException {
        Selfsup.Running first = selfsup.start("train", "tiny.yaml", "--work-dir", "shared", "--cfg-options", "train_cfg.max_epochs=100000");
        try {
            first.until(() -> !selfsup.log("shared").isEmpty());
            Selfsup.Ended second = selfsup.run("train", "tiny.yaml", "--work-dir", "shared");
            assertTrue(second.told(2, "another process trains in", "--work-dir"), second::toString);
            first.signal("TERM");
            assertEquals(143, first.ended().status());
        } finally {
            first.process().destroyForcibly();
        }
    }

    @Test
    void otherSeedsGiveOtherWeightsAndPlainKernelsNearlyTheSame() throws IOException, InterruptedException {
        String[] line = {"train", "tiny.yaml", "--work-dir", "", "--seed", "8", "--amp", "--kernels", "fast", "--cfg-options", "train_cfg.max_epochs=1"};
        line[3] = "fast";
        Selfsup.Ended fast = selfsup.run(line);
        assertEquals(0, fast.status(), fast::toString);
        assertEquals(1, fast.out().stream().filter(text -> text.contains("float32")).count(), fast::toString);
        line[3] = "plain";
        line[8] = "plain";
        assertEquals(0, selfsup.run(line).status());
        assertEquals(loss("fast"), loss("plain"), 1e-3);
        assertTrue(loss("fast") != loss("run"));
    }

    /** The loss of the first iteration. */
    private static double loss(String run) {
        String line = selfsup.log(run).stream().filter(text -> text.contains("\"mode\":\"train\"")).findFirst().orElseThrow();
        return Double.parseDouble(line.replaceFirst(".*\"loss\":([0-9.eE+-]+).*", "$1").toLowerCase(Locale.ROOT));
    }
}
