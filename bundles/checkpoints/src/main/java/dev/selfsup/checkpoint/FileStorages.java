package dev.selfsup.checkpoint;

import dev.selfsup.pickle.PickleInput;
import dev.selfsup.pickle.RefusedPickleException;
import dev.selfsup.pickle.Unpickler;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The format of {@code torch.save} before PyTorch 1.6, without zip: pickles of a magic number, a version, the machine, the object and the names of the storages, one after the other;
 * then each storage's number of elements in 8 bytes and its elements.
 */
final class FileStorages implements Storages {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private record Region(long start, long elements) {}

    private final FileChannel file;
    private final Object content;
    private final List<Object> keys;
    private final long data;
    private final Map<String, Integer> sizes;
    private Map<String, Region> regions;

    private FileStorages(FileChannel file, Object content, List<Object> keys, long data, Map<String, Integer> sizes) {
        this.file = file;
        this.content = content;
        this.keys = keys;
        this.data = data;
        this.sizes = sizes;
    }

    static FileStorages of(FileChannel file, TorchVocabulary vocabulary, long limit) throws IOException {
        PickleInput in = new PickleInput(new BufferedInputStream(Channels.newInputStream(file.position(0))), limit);
        if (!MAGIC.equals(Unpickler.read(in, vocabulary))) {
            throw new RefusedPickleException("is a pickle, but was not written by torch.save");
        }
        if (!Long.valueOf(VERSION).equals(Unpickler.read(in, vocabulary))) {
            throw new RefusedPickleException("has another version of PyTorch's old format than " + VERSION + "; save it again with torch.save");
        }
        if (Unpickler.read(in, vocabulary) instanceof Map<?, ?> machine && Boolean.FALSE.equals(machine.get("little_endian"))) {
            throw new RefusedPickleException("was written on a machine whose bytes have another order; save it again on one of these");
        }
        Object content = Unpickler.read(in, vocabulary);
        List<Object> keys = Unpickler.items(Unpickler.read(in, vocabulary));
        return new FileStorages(file, content, keys, in.position(), vocabulary.sizes());
    }

    /** What was saved. */
    Object content() {
        return content;
    }

    @Override
    public Content storage(String key, long bytes) throws IOException {
        if (regions == null) {
            regions = regions();
        }
        Region region = regions.get(key);
        long there = region == null ? -1 : region.elements * sizes.get(key);
        if (there < bytes) {
            throw new IOException("its storage " + key + " has " + (region == null ? "no data" : there + " bytes") + " where " + bytes + " are announced");
        }
        return Content.of(file, region.start, there);
    }

    private Map<String, Region> regions() throws IOException {
        Map<String, Region> found = new HashMap<>();
        ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long at = data;
        for (Object key : keys) {
            Integer size = key instanceof String name ? sizes.get(name) : null;
            if (size == null) {
                throw new RefusedPickleException("its storage " + (key instanceof String name ? name : "?") + " belongs to no tensor");
            }
            Content.of(file, at, Long.BYTES).read(0, count.clear());
            long elements = count.flip().getLong();
            at += Long.BYTES;
            if (elements < 0 || elements > (file.size() - at) / size) {
                throw new IOException("its storage " + key + " is cut off: it has " + elements + " elements");
            }
            found.put((String) key, new Region(at, elements));
            at += elements * size;
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
