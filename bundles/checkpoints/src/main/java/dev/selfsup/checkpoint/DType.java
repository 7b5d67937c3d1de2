package dev.selfsup.checkpoint;

/** Type of a tensor's elements; names and order are those of safetensors, whose files have the last types first. */
public enum DType {
    /** 0 or 1 in a byte. */
    BOOL(1),
    /** Unsigned byte. */
    U8(1),
    /** Signed byte. */
    I8(1),
    /** Signed, 16 bits. */
    I16(2),
    /** Unsigned, 16 bits. */
    U16(2),
    /** IEEE half precision. */
    F16(2),
    /** Upper half of an {@link #F32}. */
    BF16(2),
    /** Signed, 32 bits. */
    I32(4),
    /** Unsigned, 32 bits. */
    U32(4),
    /** IEEE single precision. */
    F32(4),
    /** IEEE double precision. */
    F64(8),
    /** Signed, 64 bits. */
    I64(8),
    /** Unsigned, 64 bits; values from 2^63 on read as negative longs. */
    U64(8);

    private final int size;

    DType(int size) {
        this.size = size;
    }

    /** Bytes of an element. */
    public int size() {
        return size;
    }

    /** Whether the elements have fractions. */
    public boolean floating() {
        return this == F16 || this == BF16 || this == F32 || this == F64;
    }
}
