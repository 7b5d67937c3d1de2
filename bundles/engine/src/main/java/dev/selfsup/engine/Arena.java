package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places the intermediate arrays of a plan in one block of memory so that arrays that live at different times share it:
 * largest first, each at the lowest offset that is free while it lives.
 */
final class Arena {
    /** Multiple of floats at which arrays begin: one cache line. */
    private static final long ALIGNMENT = 16;

    /** An array to be placed; alive from step {@code from} to step {@code to}, both included. */
    static final class Block {
        final long length;
        final int from;
        int to;
        long offset = -1;

        Block(long length, int from) {
            this.length = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            this.from = from;
            this.to = from;
        }
    }

    private Arena() {}

    /**
     * Sets the offsets of all blocks.
     *
     * @return floats needed altogether
     */
    static long place(List<Block> blocks) {
        List<Block> order = new ArrayList<>(blocks);
        order.sort(Comparator.comparingLong((Block b) -> -b.length).thenComparingInt(b -> b.from));
        List<Block> placed = new ArrayList<>();
        long total = 0;
        for (Block block : order) {
            block.offset = lowestFree(block, placed);
            int at = 0;
            while (at < placed.size() && placed.get(at).offset <= block.offset) {
                at++;
            }
            placed.add(at, block);
            total = Math.max(total, block.offset + block.length);
        }
        return total;
    }

    /** The lowest offset at which the block overlaps none of the placed ones, which are in order of their offsets. */
    private static long lowestFree(Block block, List<Block> placed) {
        long offset = 0;
        for (Block other : placed) {
            boolean together = other.from <= block.to && block.from <= other.to;
            if (together && offset + block.length <= other.offset) {
                return offset;
            }
            if (together) {
                offset = Math.max(offset, other.offset + other.length);
            }
        }
        return offset;
    }
}
