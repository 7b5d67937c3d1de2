package dev.selfsup.checkpoint;

import java.nio.ByteBuffer;

/** Single elements of little-endian bytes, converted. */
final class Elements {
    private Elements() {}

    /** The i-th element as a double. */
    static double number(DType dtype, ByteBuffer bytes, int i) {
        int at = i * dtype.size();
        return switch (dtype) {
            case F64 -> bytes.getDouble(at);
            case F32 -> bytes.getFloat(at);
            case F16 -> half(bytes.getShort(at));
            case BF16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
            default -> whole(dtype, bytes, i);
        };
    }

    /** The i-th element, of a type without fractions. */
    static long whole(DType dtype, ByteBuffer bytes, int i) {
        int at = i * dtype.size();
        return switch (dtype) {
            case BOOL -> bytes.get(at) == 0 ? 0 : 1;
            case U8 -> bytes.get(at) & 0xff;
            case I8 -> bytes.get(at);
            case I16 -> bytes.getShort(at);
            case U16 -> bytes.getShort(at) & 0xffff;
            case I32 -> bytes.getInt(at);
            case U32 -> bytes.getInt(at) & 0xffffffffL;
            case I64, U64 -> bytes.getLong(at);
            case F16, BF16, F32, F64 -> throw new IllegalArgumentException(dtype + " has fractions");
        };
    }

    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float size = switch (exponent) {
            case 0 -> fraction * 0x1p-24f;
            case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> (1024 + fraction) * Math.scalb(1f, exponent - 25);
        };
        return bits < 0 ? -size : size;
    }
}
