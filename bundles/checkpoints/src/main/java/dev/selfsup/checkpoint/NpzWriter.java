package dev.selfsup.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a NumPy archive, {@code .npz}, array by array; what is written need not be in memory at once, and may be larger than what {@link Npz} reads.
 *
 * <pre>{@code
 * try (NpzWriter out = new NpzWriter(stream)) {
 *     out.add("labels", DType.I64, new long[] {n}, bytes -> bytes.write(labels));
 * }
 * }</pre>
 */
public final class NpzWriter implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final int START = 10;

    private final ZipOutputStream zip;

    /** Writes the elements of an array, little-endian in C order. */
    @FunctionalInterface
    public interface Elements {
        /** Writes all of them. */
        void write(OutputStream out) throws IOException;
    }

    /** An archive without arrays yet. The arrays are not compressed: features hardly are. */
    public NpzWriter(OutputStream out) {
        zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION);
    }

    /**
     * Adds an array.
     *
     * @param name name without {@code .npy}
     * @param type type of its elements
     * @param shape its sizes, of as many elements as are written
     */
    public void add(String name, DType type, long[] shape, Elements elements) throws IOException {
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(header(type, shape));
        elements.write(zip);
        zip.closeEntry();
    }

    /** Version 1.0 of the format: magic, length, and a Python dict that ends with a line break at a multiple of 64 bytes. */
    private static byte[] header(DType type, long... shape) {
        String sizes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String dict = "{'descr': '" + described(type) + "', 'fortran_order': False, 'shape': (" + sizes + (shape.length == 1 ? ",)" : ")") + ", }";
        int length = (START + dict.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - START;
        byte[] header = new byte[START + length];
        Arrays.fill(header, (byte) ' ');
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) length, (byte) (length >> 8)}, 0, header, 0, START);
        System.arraycopy(dict.getBytes(StandardCharsets.US_ASCII), 0, header, START, dict.length());
        header[header.length - 1] = '\n';
        return header;
    }

    private static String described(DType type) {
        return switch (type) {
            case BOOL -> "|b1";
            case U8 -> "|u1";
            case I8 -> "|i1";
            case I16 -> "<i2";
            case U16 -> "<u2";
            case I32 -> "<i4";
            case U32 -> "<u4";
            case I64 -> "<i8";
            case U64 -> "<u8";
            case F16 -> "<f2";
            case F32 -> "<f4";
            case F64 -> "<f8";
            case BF16 -> throw new IllegalArgumentException("NumPy has no bfloat16");
        };
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
