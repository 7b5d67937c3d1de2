package dev.selfsup.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tar archive that is written. */
final class TarFile implements AutoCloseable {
    private static final int BLOCK = 512;
    private final OutputStream out;

    TarFile(Path file) throws IOException {
        this.out = Files.newOutputStream(file);
    }

    void add(String name, byte... data) throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 124, String.format("%011o", data.length));
        put(header, 148, "        0");
        put(header, 257, "ustar");
        int sum = 0;
        for (byte value : header) {
            sum += value & 255;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        out.write(header);
        out.write(data);
        out.write(new byte[(BLOCK - data.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Override
    public void close() throws IOException {
        try (out) {
            out.write(new byte[2 * BLOCK]);
        }
    }
}
