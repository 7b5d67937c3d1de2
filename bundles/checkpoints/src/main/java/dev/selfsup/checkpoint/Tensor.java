package dev.selfsup.checkpoint;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * A named array of numbers in C order. Its elements may lie in a file: they are read when asked for, in pieces, so
 * that a tensor beyond 2 GiB can be read into native memory or copied into another file.
 *
 * <pre>{@code
 * Tensor weight = Tensor.of("conv1.weight", weights, 64, 3, 7, 7);   // weights: FloatBuffer, not copied
 * weight.readFloats(other);                                          // other: FloatBuffer
 * }</pre>
 *
 * <p>Methods that read throw {@link UsageException}, naming the tensor, if its file cannot be read.
 */
public final class Tensor {
    private static final int PIECE = 1 << 20;

    private final String name;
    private final DType dtype;
    private final long[] shape;
    private final Content content;

    /**
     * @param name state_dict name
     * @param dtype type of the elements
     * @param shape sizes, empty for a scalar
     * @param content the elements; its size must be that of the shape
     */
    public Tensor(String name, DType dtype, long[] shape, Content content) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape.clone();
        this.content = content;
        long expected = bytes(dtype, shape);
        if (content.size() != expected) {
            throw new IllegalArgumentException("%s: shape %s of %s takes %d bytes, not %d".formatted(
                    name, Arrays.toString(shape), dtype, expected, content.size()));
        }
    }

    /** Floats in memory, not copied. */
    public static Tensor of(String name, FloatBuffer floats, long... shape) {
        return new Tensor(name, DType.F32, shape, Content.of(floats));
    }

    /** Little-endian bytes in memory, not copied. */
    public static Tensor of(String name, DType dtype, ByteBuffer bytes, long... shape) {
        return new Tensor(name, dtype, shape, Content.of(bytes));
    }

    /** Whole numbers. */
    public static Tensor of(String name, long[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return of(name, DType.I64, bytes, shape);
    }

    /** State_dict name. */
    public String name() {
        return name;
    }

    /** Type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** Sizes, empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public long elements() {
        return content.size() / dtype.size();
    }

    /** The elements as little-endian bytes. */
    public Content content() {
        return content;
    }

    /**
     * Copies the elements, converted to float, into memory. U64 reads as I64.
     *
     * @param target filled from its position on; room for all elements
     */
    public void readFloats(FloatBuffer target) {
        pieces((from, piece) -> {
            switch (dtype) {
                case F32 -> target.put(piece.asFloatBuffer());
                default -> {
                    for (int i = 0, n = piece.remaining() / dtype.size(); i < n; i++) {
                        target.put((float) Elements.number(dtype, piece, i));
                    }
                }
            }
        });
    }

    /** The elements converted to float; at most 2^31 of them. */
    public float[] toFloats() {
        float[] values = new float[count()];
        readFloats(FloatBuffer.wrap(values));
        return values;
    }

    /** The elements converted to double; at most 2^31 of them. */
    public double[] toDoubles() {
        double[] values = new double[count()];
        pieces((from, piece) -> {
            for (int i = 0, n = piece.remaining() / dtype.size(); i < n; i++) {
                values[(int) from + i] = Elements.number(dtype, piece, i);
            }
        });
        return values;
    }

    /**
     * The elements as longs; at most 2^31 of them.
     *
     * @throws IllegalStateException if the type has fractions
     */
    public long[] toLongs() {
        if (dtype.floating()) {
            throw new IllegalStateException(name + " holds " + dtype + ", not whole numbers");
        }
        long[] values = new long[count()];
        pieces((from, piece) -> {
            for (int i = 0, n = piece.remaining() / dtype.size(); i < n; i++) {
                values[(int) from + i] = Elements.whole(dtype, piece, i);
            }
        });
        return values;
    }

    /** A copy of the bytes, little-endian; at most 2 GiB. */
    public ByteBuffer toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(limited(content.size())).order(ByteOrder.LITTLE_ENDIAN);
        read(0, bytes);
        return bytes.flip();
    }

    /** The same elements under another name. */
    public Tensor withName(String other) {
        return new Tensor(other, dtype, shape, content);
    }

    @Override
    public String toString() {
        return name + " " + dtype + Arrays.toString(shape);
    }

    /** Bytes of a tensor; {@link IllegalArgumentException} for a negative size, or if the product exceeds a long. */
    static long bytes(DType dtype, long[] shape) {
        long bytes = dtype.size();
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            }
            try {
                bytes = Math.multiplyExact(bytes, size);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " is too large", e);
            }
        }
        return bytes;
    }

    private interface Piece {
        void take(long from, ByteBuffer piece);
    }

    private void pieces(Piece taker) {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(PIECE, content.size())).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < content.size(); at += PIECE) {
            buffer.clear().limit((int) Math.min(PIECE, content.size() - at));
            read(at, buffer);
            taker.take(at / dtype.size(), buffer.flip());
        }
    }

    private void read(long position, ByteBuffer target) {
        try {
            content.read(position, target);
        } catch (IOException e) {
            throw new UsageException("cannot read tensor " + name + ": " + Reason.of(e), 1);
        }
    }

    private int count() {
        return limited(elements());
    }

    private int limited(long size) {
        if (size > Integer.MAX_VALUE - 8) {
            throw new UsageException("tensor " + name + " is too large for one Java array: " + size, 1);
        }
        return (int) size;
    }
}
