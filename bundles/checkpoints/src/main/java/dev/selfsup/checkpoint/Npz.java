package dev.selfsup.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A NumPy archive, {@code .npz}: named arrays in a zip file, deflated or stored. Arrays are read into memory when
 * asked for and given in C order, whatever order the file has.
 *
 * <pre>{@code
 * try (Npz file = Npz.open(path)) {
 *     float[] loss = file.tensor("loss/loss").orElseThrow().toFloats();
 * }
 * }</pre>
 *
 * <p>Types: little-endian float16 to float64, signed and unsigned integers, bool. Anything else, objects included,
 * and anything damaged is a {@link DamagedFileException}: checksums and sizes are checked, and an array may have
 * at most {@value #ARRAY_LIMIT} bytes.
 */
public final class Npz implements TensorFile {
    /** Largest array in bytes. */
    public static final long ARRAY_LIMIT = 1L << 30;

    private static final String SUFFIX = ".npy";

    private final Path path;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries;

    private Npz(Path path, ZipFile zip, Map<String, ZipEntry> entries) {
        this.path = path;
        this.zip = zip;
        this.entries = entries;
    }

    /**
     * Opens an archive; arrays are read when asked for.
     *
     * @param path the file
     * @throws DamagedFileException if it cannot be read, is no zip file or holds two members of one name
     */
    public static Npz open(Path path) {
        try {
            ZipFile zip = new ZipFile(path.toFile());
            try {
                return new Npz(path, zip, entries(path, zip));
            } catch (RuntimeException e) {
                zip.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be read as an npz file: " + Reason.of(e));
        } catch (IllegalArgumentException e) {
            throw new DamagedFileException(path, "cannot be read as an npz file: a member has an unreadable name");
        }
    }

    /** Reads all arrays of an archive into memory, in the file's order. */
    public static Map<String, Tensor> readAll(Path path) {
        try (Npz npz = open(path)) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            npz.names().forEach(name -> all.put(name, npz.tensor(name).orElseThrow()));
            return all;
        }
    }

    private static Map<String, ZipEntry> entries(Path path, ZipFile zip) {
        Map<String, ZipEntry> entries = new LinkedHashMap<>();
        for (ZipEntry entry : Collections.list(zip.entries())) {
            String member = entry.getName();
            if (!member.endsWith(SUFFIX)) {
                throw new DamagedFileException(path, "member " + member + " is not an .npy array");
            }
            if (entries.put(member.substring(0, member.length() - SUFFIX.length()), entry) != null) {
                throw new DamagedFileException(path, "has two members named " + member);
            }
        }
        return entries;
    }

    @Override
    public Path path() {
        return path;
    }

    /** The arrays' names, without {@code .npy}, in the file's order. */
    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * Reads an array into memory.
     *
     * @param name name without {@code .npy}
     * @return the array, empty if there is none of that name
     * @throws DamagedFileException if the array is damaged, too large or of a type that is not supported
     */
    @Override
    public Optional<Tensor> tensor(String name) {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            return Optional.empty();
        }
        CRC32 sum = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
            NpyHeader header = NpyHeader.read(in);
            byte[] data = data(in, header);
            if (sum.getValue() != entry.getCrc()) {
                throw new IOException("its checksum is wrong");
            }
            return Optional.of(Tensor.of(name, header.dtype(), ByteBuffer.wrap(header.cOrder(data)), header.shape()));
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            String reason = e instanceof IOException io ? Reason.of(io) : e.getMessage();
            throw new DamagedFileException(path, "cannot read array " + name + ": " + reason);
        }
    }

    private static byte[] data(InputStream in, NpyHeader header) throws IOException {
        long size = Tensor.bytes(header.dtype(), header.shape());
        if (size > ARRAY_LIMIT) {
            throw new IOException("it takes " + size + " bytes; allowed are " + ARRAY_LIMIT);
        }
        byte[] data = in.readNBytes((int) size);
        if (data.length != size || in.read() >= 0) {
            throw new IOException("its header announces " + size + " bytes, the member has "
                    + (data.length < size ? "only " + data.length : "more"));
        }
        return data;
    }

    /** The arrays in this file: their names. */
    @Override
    public String toString() {
        return path + List.copyOf(names()).toString();
    }

    /** Closes the file; arrays already read stay usable. */
    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be closed: " + Reason.of(e));
        }
    }
}
