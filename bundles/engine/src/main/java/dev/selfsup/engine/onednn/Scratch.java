package dev.selfsup.engine.onednn;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory that kernels share because each needs it only while it runs: reordered operands and primitives' scratchpads.
 * When it is too small a larger block takes its place; kernels keep the block that they were prepared with.
 */
final class Scratch {
    private static final long ALIGNMENT = 64;
    private static final long SMALLEST = 1 << 16;

    private BytePointer block = new BytePointer();
    private long size;
    private long used;

    /** From here on all memory may be used again: by the next kernel. */
    void reset() {
        used = 0;
    }

    /** The block that the last memory taken lies in, to be held as long as that is used. */
    Pointer block() {
        return block;
    }

    /** Memory that nothing else uses until the next {@link #reset}. */
    Pointer take(long bytes) {
        long rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (used + rounded > size) {
            size = Math.max(SMALLEST, Math.max(2 * size, rounded));
            block = new BytePointer(size + ALIGNMENT);
            used = 0;
        }
        long misaligned = block.address() % ALIGNMENT;
        Pointer taken = new BytePointer(block).position((misaligned == 0 ? 0 : ALIGNMENT - misaligned) + used);
        used += rounded;
        return taken;
    }
}
