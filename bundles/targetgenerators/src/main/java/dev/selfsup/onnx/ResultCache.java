package dev.selfsup.onnx;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Results of a frozen network on disk, one file an image, named by a digest of the network's file and the image, with a checksum at its end. A damaged file is as none. Several processes
 * may share the folder.
 */
final class ResultCache {
    private final Path folder;
    private final byte[] network;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    /**
     * Results of a network in a folder, which is made where there is none.
     *
     * @param network digest of the network
     */
    ResultCache(Path folder, byte[] network) {
        this.folder = folder;
        this.network = network.clone();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException("target_generator.cache: the folder " + folder + " cannot be used: " + e);
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name of an image: the digest of {@code length} values from {@code offset} on. */
    String key(float[] images, int offset, int length) {
        ByteBuffer buffer = buffer(length);
        buffer.asFloatBuffer().put(images, offset, length);
        MessageDigest digest = digest();
        digest.update(network);
        digest.update(buffer);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads the results of an image; false where there are none, or they are damaged. */
    boolean read(String key, List<float[]> results, int[] lengths, int row) {
        try {
            ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file(key))).order(ByteOrder.LITTLE_ENDIAN);
            int end = total(lengths) * Float.BYTES;
            if (content.remaining() != end + Integer.BYTES || content.getInt(end) != checksum(content.array(), end)) {
                return false;
            }
            for (int i = 0; i < lengths.length; i++) {
                content.asFloatBuffer().get(results.get(i), row * lengths[i], lengths[i]);
                content.position(content.position() + lengths[i] * Float.BYTES);
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UsageException("target_generator.cache: " + file(key) + " cannot be read: " + e, 1);
        }
    }

    /** Writes the results of an image, beside the file and then renamed. */
    void write(String key, List<float[]> results, int[] lengths, int row) {
        int end = total(lengths) * Float.BYTES;
        ByteBuffer content = ByteBuffer.allocate(end + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < lengths.length; i++) {
            content.asFloatBuffer().put(results.get(i), row * lengths[i], lengths[i]);
            content.position(content.position() + lengths[i] * Float.BYTES);
        }
        content.putInt(end, checksum(content.array(), end));
        try {
            Files.createDirectories(file(key).getParent());
            Path beside = Files.createTempFile(file(key).getParent(), key.substring(0, 8), ".tmp");
            try {
                Files.write(beside, content.array());
                Files.move(beside, file(key), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new UsageException("target_generator.cache: " + file(key) + " cannot be written: " + e + "; make room, or leave cache out", 1);
        }
    }

    private static int total(int[] lengths) {
        return Arrays.stream(lengths).sum();
    }

    private static int checksum(byte[] content, int length) {
        CRC32C sum = new CRC32C();
        sum.update(content, 0, length);
        return (int) sum.getValue();
    }

    private ByteBuffer buffer(int floats) {
        if (bytes.capacity() < floats * Float.BYTES) {
            bytes = ByteBuffer.allocate(floats * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
        return bytes.clear().limit(floats * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Path file(String key) {
        return folder.resolve(key.substring(0, 2)).resolve(key + ".bin");
    }
}
