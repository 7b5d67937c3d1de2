package dev.selfsup.runtime.analysis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.runtime.model.LayerFeatures;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features gathered beside their file. */
final class FeatureFileTest {
    @TempDir
    private Path folder;
    private int open;

    /** A file on a disk that is full from the first byte on. */
    private OutputStream full(Path file) throws IOException {
        open++;
        return new FilterOutputStream(Files.newOutputStream(file)) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void close() throws IOException {
                open--;
                super.close();
            }
        };
    }

    private static LayerFeatures.Rows rows(int columns) {
        Map<String, float[][]> layers = new LinkedHashMap<>();
        layers.put("feat1", new float[][] {new float[columns]});
        layers.put("feat2", new float[][] {new float[columns]});
        return new LayerFeatures.Rows(layers, new int[] {7}, new int[] {-1}, List.of(Path.of("a.jpg")), List.of(Map.of()));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void arraysOfAllLayersAreWritten() throws IOException {
        Path npz = folder.resolve("features.npz");
        try (FeatureFile file = new FeatureFile(npz, false)) {
            file.add(rows(3));
            file.add(rows(3));
            assertEquals("feat1 [2, 3], feat2 [2, 3], index [2]", file.write());
        }
        assertEquals(List.of(npz), files());
        try (Checkpoint read = Checkpoints.load(npz)) {
            assertArrayEquals(new long[] {7, 7}, read.tensors().tensor("index").orElseThrow().toLongs());
        }
    }

    @Test
    void nothingStaysOpenOrBehindWhenTheDiskIsFull() throws IOException {
        Path npz = folder.resolve("features.npz");
        UsageException refused = assertThrows(UsageException.class, () -> {
            try (FeatureFile file = new FeatureFile(npz, false, this::full)) {
                file.add(rows(100));
                assertTrue(open == 3);
                file.add(rows(1 << 17));
            }
        });
        assertEquals("cannot write " + npz + ": No space left on device", refused.getMessage());
        assertEquals(0, open);
        assertEquals(List.of(), files());
    }
}
