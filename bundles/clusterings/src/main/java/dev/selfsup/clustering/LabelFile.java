package dev.selfsup.clustering;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Labels as a NumPy file of int64, as the reference writes them. */
public final class LabelFile {
    /** A header is filled up with spaces to a multiple of this. */
    private static final int ALIGNMENT = 64;

    private LabelFile() {}

    /**
     * Writes labels.
     *
     * @param file {@code cluster_epoch_1.npy}
     * @param labels by sample
     * @throws UsageException if the file cannot be written
     */
    public static void write(Path file, int[] labels) {
        String dictionary = "{'descr': '<i8', 'fortran_order': False, 'shape': (" + labels.length + ",), }";
        int length = (10 + dictionary.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.allocate(length + labels.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY\1\0".getBytes(StandardCharsets.US_ASCII)).putShort((short) (length - 10));
        bytes.put(dictionary.getBytes(StandardCharsets.US_ASCII));
        while (bytes.position() < length - 1) {
            bytes.put((byte) ' ');
        }
        bytes.put((byte) '\n');
        for (int label : labels) {
            bytes.putLong(label);
        }
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UsageException("cannot write " + file + ": " + e.getMessage() + "; make room or choose another --work-dir", 1);
        }
    }
}
