package dev.selfsup.runtime.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Weights that leave a run whose EMAHook averages them: those by which {@code test} judges. */
final class AveragedWeightsTest {
    private static final String AVERAGED = "weights averaged by EMAHook";

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A checkpoint with a weight of 1, its average 2, and a running mean of 3, which is not averaged. */
    private Path checkpoint(int updates) {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.putObject("hooks").putObject("EMAHook").putArray("updates").add(updates);
        return new Checkpoints(folder.resolve("run"), message -> { }).save("epoch_1", List.of(tensor("backbone.weight", 1), tensor("backbone.running_mean", 3),
                tensor("optimizer/backbone.weight", 4), tensor("hook/EMAHook/backbone.weight", 2)), metadata);
    }

    private static Tensor tensor(String name, float value) {
        return Tensor.of(name, FloatBuffer.wrap(new float[] {value}), 1);
    }

    private void run(Command command, String... line) throws Exception {
        PrintStream console = new PrintStream(out, true, StandardCharsets.UTF_8);
        new CommandLine(command).parseArgs(line);
        assertEquals(0, command.run(new Call(console, console, 0, () -> null, progress -> { })));
    }

    private static void holds(Path file, String prefix, float weight) {
        try (Checkpoint written = Checkpoints.load(file)) {
            assertEquals(Set.of(prefix + "weight", prefix + "running_mean"), written.tensors().names());
            assertArrayEquals(new float[] {weight}, written.tensors().tensor(prefix + "weight").orElseThrow().toFloats());
            assertArrayEquals(new float[] {3}, written.tensors().tensor(prefix + "running_mean").orElseThrow().toFloats());
        }
    }

    private Path published() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("published"))) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all::toString);
            return all.get(0);
        }
    }

    @Test
    void averagesArePublishedInPlaceOfWeights() throws Exception {
        run(new PublishCommand(), checkpoint(5).toString(), "--out", folder.resolve("published").toString());
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith(AVERAGED + System.lineSeparator() + "wrote "), out::toString);
        holds(published(), "backbone.", 2);
    }

    @Test
    void averagesAreExtractedInPlaceOfWeights() throws Exception {
        run(new ExtractBackboneCommand(), checkpoint(5).toString(), "--out", folder.resolve("new/backbone.pth").toString());
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith(AVERAGED), out::toString);
        holds(folder.resolve("new/backbone.pth"), "", 2);
    }

    @Test
    void weightsOfAHookThatHasNotBegunArePublishedThemselves() throws Exception {
        run(new PublishCommand(), checkpoint(0).toString(), "--out", folder.resolve("published").toString());
        assertFalse(out.toString(StandardCharsets.UTF_8).contains(AVERAGED), out::toString);
        holds(published(), "backbone.", 1);
    }

    @Test
    void aFileWhereAFolderIsWantedIsToldByTheNameThatWasGiven() throws IOException {
        Path checkpoint = checkpoint(0);
        Path file = Files.writeString(folder.resolve("taken"), "");
        UsageException refused = assertThrows(UsageException.class, () -> run(new PublishCommand(), checkpoint.toString(), "--out", file.resolve("within").toString()));
        assertTrue(refused.getMessage().startsWith("cannot write " + file.resolve("within/epoch_1.safetensors") + ": "), refused::getMessage);
        assertFalse(refused.getMessage().contains("/."), refused::getMessage);
    }
}
