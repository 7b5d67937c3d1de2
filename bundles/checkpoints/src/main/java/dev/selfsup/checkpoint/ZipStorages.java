package dev.selfsup.checkpoint;

import dev.selfsup.pickle.RefusedPickleException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The zip archive that {@code torch.save} has written since PyTorch 1.6: {@code NAME/data.pkl} beside {@code NAME/data/0}, {@code NAME/data/1}, ... */
final class ZipStorages implements Storages {
    private static final String PICKLE = "/data.pkl";
    private static final int ENTRIES = 1_000_000;

    private final ZipFile zip;
    private final String root;
    private final Map<String, Content> read = new HashMap<>();

    private ZipStorages(ZipFile zip, String root) {
        this.zip = zip;
        this.root = root;
    }

    /** Whether a zip archive is one of PyTorch's. */
    static boolean isTorch(ZipFile zip) {
        return zip.stream().anyMatch(entry -> entry.getName().endsWith(PICKLE) || entry.getName().equals("constants.pkl"));
    }

    static ZipStorages of(ZipFile zip) throws IOException {
        if (zip.size() > ENTRIES) {
            throw new RefusedPickleException("it has " + zip.size() + " members");
        }
        String root = null;
        for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
            String name = entries.nextElement().getName();
            if (name.startsWith("/") || name.contains("..") || name.contains("\\")) {
                throw new RefusedPickleException("a member is called " + name.replaceAll("\\p{Cntrl}", "?") + ", which leads out of the archive");
            }
            if (name.endsWith(PICKLE) && root == null) {
                root = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (root == null || zip.getEntry(root + "/code/") != null || zip.getEntry(root + "/constants.pkl") != null) {
            throw new RefusedPickleException("is a TorchScript program, not a checkpoint; save its state_dict() with torch.save");
        }
        return new ZipStorages(zip, root).checked();
    }

    private ZipStorages checked() throws IOException {
        ZipEntry order = zip.getEntry(root + "/byteorder");
        if (order != null) {
            try (InputStream in = zip.getInputStream(order)) {
                if (!new String(in.readNBytes(16), StandardCharsets.US_ASCII).equals("little")) {
                    throw new RefusedPickleException("was written on a machine whose bytes have another order; save it again on one of these");
                }
            }
        }
        return this;
    }

    /** The pickle. */
    InputStream pickle() throws IOException {
        return zip.getInputStream(zip.getEntry(root + PICKLE));
    }

    @Override
    public Content storage(String key, long bytes) throws IOException {
        ZipEntry entry = zip.getEntry(root + "/data/" + key);
        if (entry == null || entry.getSize() != bytes) {
            throw new IOException("its storage " + key + " has " + (entry == null ? "no member" : entry.getSize() + " bytes") + " where " + bytes + " are announced");
        }
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new IOException("its storage " + key + " has " + bytes + " bytes, over 2 GiB; convert the file to safetensors");
        }
        return read.computeIfAbsent(key, k -> new Member(zip, entry, (int) bytes));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** A member, in memory as long as there is room. */
    private static final class Member implements Content {
        private final ZipFile zip;
        private final ZipEntry entry;
        private final int size;
        private SoftReference<byte[]> kept = new SoftReference<>(null);

        Member(ZipFile zip, ZipEntry entry, int size) {
            this.zip = zip;
            this.entry = entry;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void read(long position, ByteBuffer target) throws IOException {
            target.put(bytes(), (int) position, target.remaining());
        }

        private synchronized byte[] bytes() throws IOException {
            byte[] bytes = kept.get();
            if (bytes == null) {
                bytes = load();
                kept = new SoftReference<>(bytes);
            }
            return bytes;
        }

        private byte[] load() throws IOException {
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
                byte[] bytes = in.readNBytes(size);
                if (bytes.length < size || in.read() >= 0 || sum.getValue() != entry.getCrc()) {
                    throw new IOException("its member " + entry.getName() + " is damaged: size or checksum is wrong");
                }
                return bytes;
            }
        }
    }
}
