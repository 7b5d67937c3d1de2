package dev.selfsup.transform.colorjitter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Loops over planes of floats, few operations each and without branches, so that the JIT compiler vectorises them. Values are whole numbers from 0 to 255.
 */
final class Lanes {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Adding and subtracting it rounds a float of less than 2^22 to a whole number. */
    static final float WHOLE = 1.5f * (1 << 23);
    /** More than the reciprocal of the least distance between a float that is not whole and a whole number. */
    static final float SHARP = 1L << 60;

    private Lanes() {}

    /** From BGR bytes to planes. All pixels but the last are read as four bytes at once, of which three count. */
    static void takeApart(byte[] bgr, float[] table, float[] blue, float[] green, float[] red, int pixels) {
        int last = pixels - 1;
        for (int i = 0, p = 0; i < last; i++, p += 3) {
            int pixel = (int) INT.get(bgr, p);
            blue[i] = table[pixel & 255];
            green[i] = table[pixel >> 8 & 255];
            red[i] = table[pixel >> 16 & 255];
        }
        blue[last] = table[bgr[last * 3] & 255];
        green[last] = table[bgr[last * 3 + 1] & 255];
        red[last] = table[bgr[last * 3 + 2] & 255];
    }

    /** From planes to BGR bytes. All pixels but the last are written as four bytes at once, of which the next pixel overwrites the last. */
    static void putTogether(float[] blue, float[] green, float[] red, int[] table, byte[] bgr, int pixels) {
        int last = pixels - 1;
        for (int i = 0, p = 0; i < last; i++, p += 3) {
            INT.set(bgr, p, table[(int) blue[i]] | table[(int) green[i]] << 8 | table[(int) red[i]] << 16);
        }
        bgr[last * 3] = (byte) table[(int) blue[last]];
        bgr[last * 3 + 1] = (byte) table[(int) green[last]];
        bgr[last * 3 + 2] = (byte) table[(int) red[last]];
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
