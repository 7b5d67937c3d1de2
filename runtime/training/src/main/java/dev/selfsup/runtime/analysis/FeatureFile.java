package dev.selfsup.runtime.analysis;

import dev.selfsup.api.data.Sample;
import dev.selfsup.checkpoint.DType;
import dev.selfsup.checkpoint.NpzWriter;
import dev.selfsup.runtime.model.LayerFeatures;
import dev.selfsup.weights.NewFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Features of images on their way into an {@code .npz} file: an array [N, D] for each layer, {@code index} [N], {@code labels} [N] where there are some, {@code gt_score} [N, K] where
 * an image has several classes. They are gathered in files beside it, so that memory does not grow with them.
 */
final class FeatureFile implements AutoCloseable {
    private static final String SCORES = "gt_score";

    private final Path path;
    private final boolean force;
    private final Disk disk;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private long count;

    private static final class Part {
        final Path file;
        final OutputStream out;
        final DType type;
        final long columns;

        Part(Path file, OutputStream out, DType type, long columns) {
            this.file = file;
            this.out = new BufferedOutputStream(out, 1 << 16);
            this.type = type;
            this.columns = columns;
        }

        long[] shape(long rows) {
            return columns < 0 ? new long[] {rows} : new long[] {rows, columns};
        }
    }

    /** What makes files. */
    interface Disk {
        OutputStream create(Path file) throws IOException;
    }

    FeatureFile(Path path, boolean force) {
        this(path, force, Files::newOutputStream);
    }

    FeatureFile(Path path, boolean force, Disk disk) {
        this.path = path;
        this.force = force;
        this.disk = disk;
    }

    /** Adds features of some images. */
    void add(LayerFeatures.Rows rows) {
        try {
            for (Map.Entry<String, float[][]> layer : rows.features().entrySet()) {
                Part part = part(layer.getKey(), DType.F32, layer.getValue()[0].length);
                for (float[] row : layer.getValue()) {
                    part.out.write(bytes(row));
                }
            }
            for (int i = 0; i < rows.index().length; i++) {
                part("index", DType.I64, -1).out.write(bytes(rows.index()[i]));
                if (rows.labels()[i] >= 0) {
                    part("labels", DType.I64, -1).out.write(bytes(rows.labels()[i]));
                }
                Sample.Field scores = rows.fields().get(i).get(SCORES);
                if (scores != null) {
                    part(SCORES, DType.F32, scores.values().length).out.write(bytes(scores.values()));
                }
            }
        } catch (IOException e) {
            throw NewFile.failed(path, e);
        }
        count += rows.index().length;
    }

    private Part part(String name, DType type, long columns) throws IOException {
        if (!parts.containsKey(name)) {
            Files.createDirectories(path.toAbsolutePath().getParent());
            Path beside = NewFile.beside(path);
            parts.put(name, new Part(beside, disk.create(beside), type, columns));
        }
        return parts.get(name);
    }

    private static byte[] bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    private static byte[] bytes(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        return bytes.array();
    }

    private static byte[] bytes(int value) {
        return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    }

    /** Writes the file; gives its arrays in words, as {@code feat [60, 128]}. */
    String write() {
        NewFile.write(path, force, file -> {
            try (NpzWriter npz = new NpzWriter(new BufferedOutputStream(file, 1 << 16) {
                @Override
                public void close() throws IOException {
                    flush();           // the file is synced before it is closed
                }
            })) {
                for (Map.Entry<String, Part> entry : parts.entrySet()) {
                    Part part = entry.getValue();
                    part.out.close();
                    npz.add(entry.getKey(), part.type, part.shape(count), out -> Files.copy(part.file, out));
                }
            }
        });
        return String.join(", ", parts.entrySet().stream().map(part -> part.getKey() + " " + Arrays.toString(part.getValue().shape(count))).toList());
    }

    /** Deletes what was gathered, written or not. */
    @Override
    public void close() {
        for (Part part : parts.values()) {
            try {
                part.out.close();
            } catch (IOException e) {
                continue;                                  // closed all the same; what is not written yet is of no use any more
            }
        }
        parts.values().forEach(part -> NewFile.discard(part.file));
    }
}
