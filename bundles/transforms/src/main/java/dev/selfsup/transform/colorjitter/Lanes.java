package dev.selfsup.transform.colorjitter;

/**
 * Loops over planes of floats, few operations each and without branches, so that the JIT compiler vectorises them. Values are whole numbers from 0 to 255.
 */
final class Lanes {
    /** Adding and subtracting it rounds a float of less than 2^22 to a whole number. */
    static final float WHOLE = 1.5f * (1 << 23);
    /** More than the reciprocal of the least distance between a float that is not whole and a whole number. */
    static final float SHARP = 1L << 60;

    private Lanes() {}

    static void takeApart(byte[] bgr, float[] table, float[] blue, float[] green, float[] red, int pixels) {
        for (int i = 0, p = 0; i < pixels; i++, p += 3) {
            blue[i] = table[bgr[p] & 255];
            green[i] = table[bgr[p + 1] & 255];
            red[i] = table[bgr[p + 2] & 255];
        }
    }

    static void putTogether(float[] blue, float[] green, float[] red, byte[] table, byte[] bgr, int pixels) {
        for (int i = 0, p = 0; i < pixels; i++, p += 3) {
            bgr[p] = table[(int) blue[i]];
            bgr[p + 1] = table[(int) green[i]];
            bgr[p + 2] = table[(int) red[i]];
        }
    }

    static void replace(float[] plane, float[] table, int count) {
        for (int i = 0; i < count; i++) {
            plane[i] = table[(int) plane[i]];
        }
    }

    /** The sum of whole numbers. */
    static long sum(float[] plane, int count) {
        int a = 0;
        int b = 0;
        int i = 0;
        for (; i + 1 < count; i += 2) {
            a += (int) plane[i];
            b += (int) plane[i + 1];
        }
        return (long) a + b + (i < count ? (int) plane[i] : 0);
    }

    /** {@code (19595 r + 38470 g + 7471 b + 32768) >> 16}; all sums are below 2^24, so floats hold them. */
    static void grey(float[] blue, float[] green, float[] red, float[] grey, int count) {
        for (int i = 0; i < count; i++) {
            grey[i] = (red[i] * 19595 + green[i] * 38470 + blue[i] * 7471 + 32768) * (1f / 65536);
        }
        floor(grey, count);
    }

    /** {@code plane = from + alpha (plane - from)}, cut to 0 to 255 and cut off. */
    static void blend(float[] plane, float[] from, float alpha, int count) {
        for (int i = 0; i < count; i++) {
            plane[i] = Math.max(0f, Math.min(255f, from[i] + alpha * (plane[i] - from[i])));
        }
        floor(plane, count);
    }

    /** The largest whole numbers that are not larger. */
    static void floor(float[] plane, int count) {
        for (int i = 0; i < count; i++) {
            float near = plane[i] + WHOLE - WHOLE;
            plane[i] = near - Math.min(1f, Math.max(0f, (near - plane[i]) * SHARP));
        }
    }
}
