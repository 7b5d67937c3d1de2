package dev.selfsup.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorTest {
    private static final float[] HALVES = {0, -0f, 0.5f, -2, 65504, 0x1p-24f, 0x1p-14f, Float.POSITIVE_INFINITY, Float.NaN};

    private static Tensor shorts(DType dtype, int... bits) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int b : bits) {
            bytes.putShort((short) b);
        }
        return Tensor.of("t", dtype, bytes.flip(), bits.length);
    }

    @Test
    void halfPrecisionIsConvertedExactly() {
        Tensor half = shorts(DType.F16, 0, 0x8000, 0x3800, 0xc000, 0x7bff, 1, 0x0400, 0x7c00, 0x7e00);
        assertArrayEquals(HALVES, half.toFloats());
    }

    @Test
    void bfloat16IsTheUpperHalfOfAFloat() {
        assertArrayEquals(new float[] {1, -3.140625f, Float.POSITIVE_INFINITY}, shorts(DType.BF16, 0x3f80, 0xc049, 0x7f80).toFloats());
    }

    @Test
    void unsignedTypesStayPositive() {
        assertArrayEquals(new long[] {65535, 1}, shorts(DType.U16, 0xffff, 1).toLongs());
        assertArrayEquals(new double[] {-1, 1}, shorts(DType.I16, 0xffff, 1).toDoubles());
        byte[] ones = {-1, -1, -1, -1};
        assertArrayEquals(new long[] {0xffffffffL}, Tensor.of("t", DType.U32, ByteBuffer.wrap(ones), 1).toLongs());
        assertArrayEquals(new long[] {255, 255, 255, 255}, Tensor.of("t", DType.U8, ByteBuffer.wrap(ones), 4).toLongs());
        assertArrayEquals(new long[] {1, 1, 1, 1}, Tensor.of("t", DType.BOOL, ByteBuffer.wrap(ones), 4).toLongs());
    }

    @Test
    void floatsAreNotCopiedWhenATensorIsMade() {
        float[] values = {1, 2, 3};
        Tensor tensor = Tensor.of("t", FloatBuffer.wrap(values), 3);
        values[1] = 5;
        assertArrayEquals(new float[] {1, 5, 3}, tensor.toFloats());
    }

    @Test
    void aTensorThatSpansManyPiecesReadsBack() {
        long[] values = new long[400_000];
        java.util.Arrays.setAll(values, i -> (long) i * i);
        assertArrayEquals(values, Tensor.of("t", values, 400, 1000).toLongs());
        assertEquals(400_000, Tensor.of("t", values, 400, 1000).elements());
    }

    @Test
    void aShapeThatDoesNotFitIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> Tensor.of("w", FloatBuffer.allocate(5), 2, 3)).getMessage();
        assertEquals("w: shape [2, 3] of F32 takes 24 bytes, not 20", message);
        assertThrows(IllegalArgumentException.class, () -> Tensor.of("w", FloatBuffer.allocate(5), Long.MAX_VALUE, 3));
        assertThrows(IllegalArgumentException.class, () -> Tensor.of("w", FloatBuffer.allocate(6), -2, -3));
    }

    @Test
    void fractionsAreNotReadAsWholeNumbers() {
        assertThrows(IllegalStateException.class, () -> Tensor.of("w", FloatBuffer.allocate(1)).toLongs());
    }
}
