package dev.selfsup.onnx;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * An ONNX file whole, weights included: a session is made of the bytes that its digest is of, so that results are never kept under the digest of another network.
 *
 * @param path the file
 * @param bytes its content
 */
record OnnxFile(Path path, ByteBuffer bytes) {
    /**
     * Maps a file into memory.
     *
     * @throws UsageException if it is missing or cannot be read, or has weights in other files
     */
    static OnnxFile of(Path path, Contract contract) {
        if (!Files.isRegularFile(path)) {
            throw new UsageException("target_generator: there is no file " + path + "; " + contract.advice());
        }
        try (FileChannel channel = FileChannel.open(path)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new UsageException("target_generator: " + path + " has " + channel.size() + " bytes, but an ONNX file holds less than 2 GiB; " + contract.advice());
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            if (ExternalData.in(bytes.duplicate())) {
                throw new UsageException("target_generator: " + path + " has weights in other files (external data), which may change without it: export it as one file, with"
                        + " external_data=False in torch.onnx.export; " + contract.advice());
            }
            return new OnnxFile(path, bytes);
        } catch (IOException e) {
            throw new UsageException("target_generator: " + path + " cannot be read: " + e);
        }
    }

    /** The digest of its content. */
    byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
