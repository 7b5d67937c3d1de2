package dev.selfsup.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file of named tensors in the safetensors format (github.com/huggingface/safetensors): the header's length in 8
 * bytes, a JSON header, the data. Nothing in it is executed.
 *
 * <pre>{@code
 * try (SafeTensors file = SafeTensors.open(path)) {
 *     file.tensor("conv1.weight").orElseThrow().readFloats(weights);
 * }
 * }</pre>
 *
 * <p>Reading is strict: a header over {@value #HEADER_LIMIT} bytes, data that overlap, leave a hole or miss the end
 * of the file, sizes that contradict type and shape, a name given twice, an unknown type: each is a
 * {@link DamagedFileException}. Files and tensors may exceed 2 GiB.
 */
public final class SafeTensors implements TensorFile {
    /** Largest header, the same as that of the reference implementation. */
    public static final int HEADER_LIMIT = 100_000_000;

    private static final JsonMapper JSON = new JsonMapper();
    private static final int PIECE = 1 << 20;

    private final Path path;
    private final FileChannel file;
    private final SafeTensorsHeader header;

    private SafeTensors(Path path, FileChannel file, SafeTensorsHeader header) {
        this.path = path;
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file and checks its header; tensors are read when asked for.
     *
     * @param path the file
     * @throws DamagedFileException if it cannot be read or is not a valid safetensors file
     */
    public static SafeTensors open(Path path) {
        try {
            return read(path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be read: " + Reason.of(e));
        }
    }

    private static SafeTensors read(Path path, FileChannel file) throws IOException {
        try {
            return new SafeTensors(path, file, SafeTensorsHeader.read(path, file));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    /** The free text of the header, {@code __metadata__}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(header.entries().get(name)).map(e -> new Tensor(
                name, e.dtype(), e.shape(), Content.of(file, header.dataStart() + e.begin(), e.end() - e.begin())));
    }

    /** The open file, for its checksum. */
    FileChannel file() {
        return file;
    }

    /** Closes the file; its tensors cannot be read any more. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be closed: " + Reason.of(e));
        }
    }

    /**
     * Writes tensors, wide types first, then by name, as the reference implementation does: every tensor is aligned
     * to its element size, and equal tensors give equal bytes. Memory needed is a megabyte and the header.
     *
     * @param out takes the bytes from its position on; neither forced to disk nor closed
     * @param tensors tensors of different names, read once each
     * @param metadata free text for the header
     * @throws IOException if writing fails
     * @throws IllegalArgumentException if two tensors have one name, or one is called {@code __metadata__}
     */
    public static void write(WritableByteChannel out, Collection<Tensor> tensors, Map<String, String> metadata) throws IOException {
        List<Tensor> order = tensors.stream()
                .sorted(Comparator.comparing(Tensor::dtype).reversed().thenComparing(Tensor::name)).toList();
        byte[] json = header(order, metadata);
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
        writeAll(out, start.putLong(json.length).put(json).flip());
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        for (Tensor tensor : order) {
            long size = tensor.content().size();
            for (long at = 0; at < size; at += PIECE) {
                tensor.content().read(at, piece.clear().limit((int) Math.min(PIECE, size - at)));
                writeAll(out, piece.flip());
            }
        }
    }

    private static void writeAll(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static byte[] header(List<Tensor> order, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Set<String> names = new HashSet<>(Set.of(SafeTensorsHeader.METADATA));
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writePOJOField(SafeTensorsHeader.METADATA, metadata);
            }
            long at = 0;
            for (Tensor tensor : order) {
                if (!names.add(tensor.name())) {
                    throw new IllegalArgumentException("the tensor name " + tensor.name() + " is taken");
                }
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writePOJOField("shape", tensor.shape());
                json.writePOJOField("data_offsets", new long[] {at, at += tensor.content().size()});
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > HEADER_LIMIT) {
            throw new IllegalArgumentException("the header takes " + bytes.size() + " bytes, over " + HEADER_LIMIT);
        }
        return bytes.toByteArray();
    }
}
