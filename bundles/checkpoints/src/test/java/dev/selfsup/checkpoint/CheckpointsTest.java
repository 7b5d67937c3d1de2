package dev.selfsup.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.run.UsageException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    private Path parent;

    private Path folder;
    private final List<String> messages = new ArrayList<>();

    @BeforeEach
    void newFolder() {
        folder = parent.resolve("run");
    }

    private Checkpoints on(Disk disk) {
        return new Checkpoints(folder, messages::add, disk);
    }

    private Checkpoints checkpoints() {
        return on(Disk.REAL);
    }

    private static ObjectNode metadata(int epoch) {
        return JsonNodeFactory.instance.objectNode().put("epoch", epoch).put("lr", 0.1f).put("loss", Double.NaN).put("config", "a: ä\n");
    }

    private static void save(Checkpoints checkpoints, String tag, int epoch) {
        List<Tensor> tensors = List.of(Tensor.of("epoch", new long[] {epoch}, 1), Tensor.of("big", new long[20_000], 20_000));
        checkpoints.save(tag, tensors, metadata(epoch));
    }

    private int newest() {
        try (Checkpoint newest = checkpoints().latest().orElseThrow()) {
            int epoch = (int) newest.tensors().tensor("epoch").orElseThrow().toLongs()[0];
            assertEquals(epoch, newest.metadata().get("epoch").intValue());
            return epoch;
        }
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new TreeSet<>(files.map(p -> p.getFileName().toString().replaceAll("-[0-9a-f]{8}\\.", "-ID."))
                    .filter(n -> !n.equals(".checkpoints.lock")).toList());
        }
    }

    private Path tensorsOf(String tag) {
        return Sidecar.read(folder.resolve(tag + ".json")).tensorPath();
    }

    @Test
    void everythingSavedComesBack() {
        List<Tensor> tensors = Samples.ofEveryType();
        Path json = checkpoints().save("iter_2000", tensors, metadata(3));
        for (Path path : List.of(json, tensorsOf("iter_2000"))) {
            try (Checkpoint read = Checkpoints.load(path)) {
                assertEquals("{\"epoch\":3,\"lr\":0.1,\"loss\":\"NaN\",\"config\":\"a: ä\\n\"}", read.metadata().toString());
                tensors.forEach(t -> assertEquals(t.toBytes(), read.tensors().tensor(t.name()).orElseThrow().toBytes()));
            }
        }
        assertEquals(folder.resolve("iter_2000.json"), json);
    }

    @Test
    void theLastSavedIsTheNewestWhateverItsName() throws IOException {
        save(checkpoints(), "epoch_10", 10);
        save(checkpoints(), "epoch_9", 9);
        assertEquals(9, newest());
        save(checkpoints(), "epoch_10", 110);
        assertEquals(110, newest());
        assertEquals(Set.of("epoch_10.json", "epoch_10-ID.safetensors", "epoch_9.json", "epoch_9-ID.safetensors"), files());
        assertEquals(List.of(), messages);
    }

    @Test
    void aFolderWithoutCheckpointsHasNoLatest() throws IOException {
        assertTrue(checkpoints().latest().isEmpty());
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("scalars.json"), "{}");
        assertTrue(checkpoints().latest().isEmpty());
        assertEquals(List.of(), messages);
    }

    @Test
    void killedAtAnyStepTheRunGoesOnFromAWholeCheckpoint() throws IOException {
        boolean committed = false;
        int step = 0;
        for (boolean finished = false; !finished; step++) {
            folder = parent.resolve("run" + step);
            save(checkpoints(), "epoch_1", 1);
            try {
                save(on(new FailingDisk(step + 1, true)), "epoch_2", 2);
                finished = true;
            } catch (FailingDisk.Killed e) {
                assertFalse(committed && newest() == 1, "lost at step " + step);
            }
            committed = newest() == 2;
            checkpoints().clean();
            assertEquals(committed ? Set.of("epoch_1.json", "epoch_1-ID.safetensors", "epoch_2.json", "epoch_2-ID.safetensors")
                    : Set.of("epoch_1.json", "epoch_1-ID.safetensors"), files());
            save(checkpoints(), "epoch_2", 22);
            assertEquals(22, newest());
        }
        assertTrue(committed);
        assertTrue(step > 10, "steps " + step);
        assertEquals(List.of(), messages);
    }

    @Test
    void aDiskThatIsFullAtAnyStepLeavesTheOldCheckpointsAndNothingElse() throws IOException {
        FailingDisk healthy = new FailingDisk(Integer.MAX_VALUE, false);
        save(on(healthy), "epoch_1", 1);
        for (int step = 1; step < healthy.operations(); step++) {
            Checkpoints full = on(new FailingDisk(step, false));
            UsageException e = assertThrows(UsageException.class, () -> save(full, "epoch_1", 2));
            assertEquals(1, e.status());
            assertEquals("cannot save checkpoint " + folder.resolve("epoch_1.json") + ": No space left on device; earlier checkpoints are "
                    + "intact: make room or choose another --work-dir, then go on with --resume", e.getMessage());
            assertEquals(1, newest());
            assertEquals(Set.of("epoch_1.json", "epoch_1-ID.safetensors"), files());
        }
        assertThrows(UsageException.class, () -> save(on(new FailingDisk(healthy.operations(), false)), "epoch_1", 2));
        assertEquals(2, newest());
    }

    @Test
    void aDeviceWithoutRoomIsNamed() throws IOException {
        Disk full = new FullDevice();
        save(checkpoints(), "epoch_1", 1);
        String message = assertThrows(UsageException.class, () -> save(on(full), "epoch_2", 2)).getMessage();
        assertTrue(message.contains("epoch_2.json: No space left on device"), message);
        assertEquals(1, newest());
    }

    /** Every file is /dev/full. */
    private static final class FullDevice implements Disk {
        @Override
        public Out create(Path path) throws IOException {
            return new FileOut(new FileOutputStream("/dev/full"));
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            REAL.move(from, to);
        }

        @Override
        public void delete(Path path) throws IOException {
            REAL.delete(path);
        }

        @Override
        public void sync(Path path) throws IOException {
            REAL.sync(path);
        }
    }

    private interface Damage {
        void doTo(Path json, Path tensors) throws IOException;
    }

    private void damagedNewestIsPassedOver(String reason, Damage damage) throws IOException {
        folder = parent.resolve(reason.replace(' ', '_'));
        save(checkpoints(), "epoch_1", 1);
        save(checkpoints(), "epoch_2", 2);
        damage.doTo(folder.resolve("epoch_2.json"), tensorsOf("epoch_2"));
        messages.clear();
        assertEquals(1, newest());
        assertEquals(1, messages.size(), messages.toString());
        String message = messages.get(0);
        assertTrue(message.startsWith("damaged checkpoint passed over: " + folder) && message.contains(reason), message);
    }

    private static void flip(Path path, long bit) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        bytes[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
        Files.write(path, bytes);
    }

    private static void truncate(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void theCheckpointBeforeADamagedOneIsUsedAndTheDamageIsTold() throws IOException {
        damagedNewestIsPassedOver("the file is truncated", (json, tensors) -> truncate(tensors));
        damagedNewestIsPassedOver("its content does not match the checksum in epoch_2.json", (json, tensors) -> flip(tensors, 99_999));
        damagedNewestIsPassedOver("cannot be read: no such file", (json, tensors) -> Files.delete(tensors));
        damagedNewestIsPassedOver("it is not JSON any more", (json, tensors) -> truncate(json));
        damagedNewestIsPassedOver("is not a checkpoint", (json, tensors) -> Files.writeString(json, "{}"));
        damagedNewestIsPassedOver("does not match its checksum", (json, tensors) ->
                Files.writeString(json, Files.readString(json).replace("\"epoch\" : 2", "\"epoch\" : 3")));
        damagedNewestIsPassedOver("is not a checkpoint: its format", (json, tensors) -> Files.write(json, new byte[0]));
    }

    @Test
    void withNothingButDamagedOnesTheRunIsNotStartedAnewSilently() throws IOException {
        save(checkpoints(), "epoch_1", 1);
        truncate(tensorsOf("epoch_1"));
        UsageException e = assertThrows(UsageException.class, () -> checkpoints().latest());
        assertEquals(1, e.status());
        assertTrue(e.getMessage().startsWith("all checkpoints in " + folder + " are damaged: "), e.getMessage());
    }

    @Test
    void theTensorsOfADamagedJsonAreNotCleanedUp() throws IOException {
        save(checkpoints(), "epoch_1", 1);
        truncate(folder.resolve("epoch_1.json"));
        checkpoints().clean();
        assertEquals(Set.of("epoch_1.json", "epoch_1-ID.safetensors"), files());
    }

    @Test
    void randomDamageToTheJsonNeverChangesWhatIsRead() throws IOException {
        save(checkpoints(), "epoch_1", 1);
        Path json = folder.resolve("epoch_1.json");
        byte[] good = Files.readAllBytes(json);
        String metadata = Sidecar.read(json).metadata().toString();
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            Files.write(json, Samples.mutate(good, random, good.length));
            try (Checkpoint read = Checkpoints.load(json)) {
                assertEquals(metadata, read.metadata().toString());
            } catch (DamagedFileException e) {
                refused++;
            }
        }
        assertTrue(refused > 1500, "refused " + refused);
    }

    @Test
    void pruningKeepsTheNewestTheProtectedAndTheBest() throws IOException {
        for (int epoch = 1; epoch <= 5; epoch++) {
            save(checkpoints(), "epoch_" + epoch, epoch);
        }
        save(checkpoints(), "best_knn", 3);
        checkpoints().prune(-1, Set.of());
        assertEquals(12, files().size());
        checkpoints().prune(2, Set.of("epoch_1"));
        assertEquals(Set.of("best_knn.json", "best_knn-ID.safetensors", "epoch_1.json", "epoch_1-ID.safetensors",
                "epoch_4.json", "epoch_4-ID.safetensors", "epoch_5.json", "epoch_5-ID.safetensors"), files());
        checkpoints().remove("best_knn");
        assertEquals(6, files().size());
        assertThrows(IllegalArgumentException.class, () -> checkpoints().prune(0, Set.of()));
    }

    @Test
    void aWriterThatIsAliveIsLeftAloneAndCleanedUpAfterOnceItIsKilled() throws Exception {
        save(checkpoints(), "epoch_1", 1);
        Process writer = SavingProcess.start(folder, "epoch_2");
        try {
            checkpoints().clean();
            assertEquals(Set.of("epoch_1.json", "epoch_1-ID.safetensors", "epoch_2-ID.safetensors"), files());
            assertEquals(1, newest());
        } finally {
            writer.destroyForcibly().waitFor();
        }
        assertEquals(1, newest());
        checkpoints().clean();
        assertEquals(Set.of("epoch_1.json", "epoch_1-ID.safetensors"), files());
    }

    @Test
    void aReaderBesideAWriterAlwaysFindsAWholeCheckpoint() throws Exception {
        save(checkpoints(), "epoch_1", 1);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (int epoch = 2; epoch < 60; epoch++) {
                save(checkpoints(), "epoch_" + epoch % 7, epoch);
                checkpoints().prune(1, Set.of());
            }
            done.set(true);
        });
        writer.start();
        int last = 1;
        while (!done.get() && writer.isAlive()) {
            int newest = newest();
            assertTrue(newest >= last);
            last = newest;
        }
        writer.join();
        assertEquals(59, newest());
        assertEquals(List.of(), messages);
    }

    @Test
    void anInterruptedThreadStillSaves() {
        Thread.currentThread().interrupt();
        save(checkpoints(), "epoch_1", 1);
        assertTrue(Thread.interrupted());
        assertEquals(1, newest());
    }

    @Test
    void aTagThatIsNoTagOfOursIsRefused() {
        assertEquals("a checkpoint is called epoch_N, iter_N or best_NAME, not ../x",
                assertThrows(IllegalArgumentException.class, () -> save(checkpoints(), "../x", 1)).getMessage());
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(folder, "in the way");
        String message = assertThrows(UsageException.class, () -> save(checkpoints(), "epoch_1", 1)).getMessage();
        String start = "cannot save checkpoint " + folder.resolve("epoch_1.json") + ": a file of that name is in the way";
        assertTrue(message.startsWith(start), message);
    }

    @Test
    void foreignSafetensorsFilesAreLoadedWithoutMetadata() throws IOException {
        try (Checkpoint read = Checkpoints.load(Samples.resource("reference.safetensors"))) {
            assertTrue(read.metadata().isEmpty());
            assertTrue(read.tensors().names().contains("loss/loss"));
        }
        String message = assertThrows(DamagedFileException.class, () -> Checkpoints.load(folder.resolve("epoch_7.json"))).getMessage();
        assertEquals(folder.resolve("epoch_7.json") + ": there is no such checkpoint; name its .json file, as in work_dirs/NAME/epoch_10.json", message);
    }
}
