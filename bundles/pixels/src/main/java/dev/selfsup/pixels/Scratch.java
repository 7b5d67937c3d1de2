package dev.selfsup.pixels;

/** Arrays that a thread uses again for every image; they grow to the largest image seen. */
final class Scratch {
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);
    private final int[][][] sets = new int[3][0][];
    private int[][] taps = new int[0][];
    private int[] rows = new int[0];
    private int[] sums = new int[0];
    private float[] floats = new float[0];

    static Scratch ofThread() {
        return OF_THREAD.get();
    }

    /**
     * Rows that are arrays of their own, of any content: the JIT compiler turns a loop over several rows into vector instructions only where each row is an array.
     *
     * @param set which of three sets
     * @param count rows
     * @param length at least this many numbers in each
     */
    int[][] lines(int set, int count, int length) {
        int[][] lines = sets[set];
        if (lines.length < count) {
            lines = java.util.Arrays.copyOf(lines, count);
            sets[set] = lines;
        }
        for (int i = 0; i < count; i++) {
            if (lines[i] == null || lines[i].length < length) {
                lines[i] = new int[length];
            }
        }
        return lines;
    }

    /** Places for references to some rows. */
    int[][] taps(int count) {
        if (taps.length < count) {
            taps = new int[count][];
        }
        return taps;
    }

    /** Whole numbers of intermediate rows, of any content. */
    int[] rows(int size) {
        if (rows.length < size) {
            rows = new int[size];
        }
        return rows;
    }

    /** Sums of one row, of any content. */
    int[] sums(int size) {
        if (sums.length < size) {
            sums = new int[size];
        }
        return sums;
    }

    /** Sums of rows, of any content. */
    float[] floats(int size) {
        if (floats.length < size) {
            floats = new float[size];
        }
        return floats;
    }
}
