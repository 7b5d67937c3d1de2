package dev.selfsup.engine.onednn;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory that kernels share because each needs it only while it runs: reordered operands and primitives' scratchpads. It is made when
 * a kernel first runs, as large as the most that one of the prepared kernels needs; a larger one replaces it.
 */
final class Scratch {
    private static final long ALIGNMENT = 64;

    private BytePointer block = new BytePointer();
    private long size;
    private long needed;
    private long used;

    /** From here on all memory may be used again: by the next kernel. */
    void reset() {
        used = 0;
    }

    /** Takes memory that nothing else uses until the next {@link #reset}; returns its place within {@link #block}. */
    long take(long bytes) {
        long place = used;
        used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        needed = Math.max(needed, used);
        return place;
    }

    /** The memory; another object than before where it had to grow, and then the earlier one is gone. */
    Pointer block() {
        if (size < needed) {
            block.close();
            block = new BytePointer(needed + ALIGNMENT);
            size = needed;
        }
        return block;
    }

    /** A place within the block. */
    Pointer at(long place) {
        long misaligned = block.address() % ALIGNMENT;
        return new BytePointer(block).position((misaligned == 0 ? 0 : ALIGNMENT - misaligned) + place);
    }
}
