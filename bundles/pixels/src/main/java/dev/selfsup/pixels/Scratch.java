package dev.selfsup.pixels;

/** Arrays that a thread uses again for every image; they grow to the largest image seen. */
final class Scratch {
    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);
    private int[] rows = new int[0];
    private int[] sums = new int[0];
    private float[] floats = new float[0];

    static Scratch ofThread() {
        return OF_THREAD.get();
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
