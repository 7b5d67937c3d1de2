package dev.selfsup.transform.colorjitter;

import static dev.selfsup.transform.colorjitter.Lanes.WHOLE;

/**
 * Turns hues through HSV of 8 bits each, as Pillow rounds it. Which channel is the largest is told by factors that are 0 or 1 rather than by branches: a
 * pixel whose values are high, mid and low has the hue {@code base + sign (high - mid) / (high - low)} in sixths of a turn, where base and sign depend on which channel is
 * high and which is low. Planes are worked on in pieces that stay in the processor's first cache.
 */
final class PillowHue {
    private static final int PIECE = 512;

    private final float[] blue = new float[PIECE];
    private final float[] green = new float[PIECE];
    private final float[] red = new float[PIECE];
    private final float[] high = new float[PIECE];
    private final float[] low = new float[PIECE];
    private final float[] part = new float[PIECE];                                   // (high - mid) / (high - low)
    private final float[] base = new float[PIECE];
    private final float[] saturation = new float[PIECE];                             // 0 to 1 in 255ths
    private final float[] hue = new float[PIECE];                                    // 0 to 6
    private final float[] sector = new float[PIECE];
    private final float[] falling = new float[PIECE];
    private final float[] rising = new float[PIECE];
    private final float[] spare = new float[PIECE];

    /** Adds a step, in 256ths of a turn, to the hues of pixels in three planes. */
    void turn(float[] blues, float[] greens, float[] reds, int pixels, int step) {
        for (int start = 0; start < pixels; start += PIECE) {
            int count = Math.min(PIECE, pixels - start);
            System.arraycopy(blues, start, blue, 0, count);
            System.arraycopy(greens, start, green, 0, count);
            System.arraycopy(reds, start, red, 0, count);
            extremes(count);
            saturation(count);
            base(count);
            hue(step, count);
            ramps(count);
            colors(count);
            System.arraycopy(blue, 0, blues, start, count);
            System.arraycopy(green, 0, greens, start, count);
            System.arraycopy(red, 0, reds, start, count);
        }
    }

    private void extremes(int count) {
        for (int i = 0; i < count; i++) {
            high[i] = Math.max(red[i], Math.max(green[i], blue[i]));
            low[i] = Math.min(red[i], Math.min(green[i], blue[i]));
        }
        for (int i = 0; i < count; i++) {
            part[i] = (2 * high[i] - red[i] - green[i] - blue[i] + low[i]) / Math.max(1f, high[i] - low[i]);
        }
    }

    /** {@code (int) (range / high * 255.0)} 255ths; grey pixels have none, which leaves them as they are. */
    private void saturation(int count) {
        for (int i = 0; i < count; i++) {
            saturation[i] = (high[i] - low[i]) / Math.max(1f, high[i]);
        }
        times255(saturation, count);
        for (int i = 0; i < count; i++) {
            saturation[i] = saturation[i] / 255f;
        }
    }

    /** {@code floor(255 x)} of the exact product: {@code 256 x - x} tells what was lost in rounding. */
    private void times255(float[] x, int count) {
        for (int i = 0; i < count; i++) {
            float product = x[i] * 256 - x[i];
            spare[i] = x[i] * 256 - product - x[i];                                  // exact product - product
            x[i] = product;
        }
        for (int i = 0; i < count; i++) {
            float near = x[i] + WHOLE - WHOLE;
            x[i] = near - Math.min(1f, Math.max(0f, (near - x[i] - spare[i]) * Lanes.SHARP));
        }
    }

    /** Base of the hue; {@code spare} becomes the sign. */
    private void base(int count) {
        for (int i = 0; i < count; i++) {                                            // red is highest: 1 - x if blue is lowest, else x - 1
            base[i] = 1 - 2 * Math.min(1f, blue[i] - low[i]);
            sector[i] = 1 - Math.min(1f, high[i] - red[i]);
            spare[i] = -base[i];
        }
        for (int i = 0; i < count; i++) {                                            // green is highest: 3 - x if red is lowest, else 1 + x
            float lowest = 1 - Math.min(1f, red[i] - low[i]);
            hue[i] = 1 + 2 * lowest;
            rising[i] = 1 - 2 * lowest;
            falling[i] = 1 - Math.min(1f, high[i] - green[i]);
        }
        for (int i = 0; i < count; i++) {                                            // blue is highest: 5 - x if green is lowest, else 3 + x
            float lowest = 1 - Math.min(1f, green[i] - low[i]);
            hue[i] = hue[i] * falling[i] + (3 + 2 * lowest) * (1 - falling[i]);
            rising[i] = rising[i] * falling[i] + (1 - 2 * lowest) * (1 - falling[i]);
        }
        for (int i = 0; i < count; i++) {
            base[i] = base[i] * sector[i] + hue[i] * (1 - sector[i]);
            spare[i] = spare[i] * sector[i] + rising[i] * (1 - sector[i]);
        }
    }

    /** The turned hue in sixths, from base and sign. */
    private void hue(int step, int count) {
        for (int i = 0; i < count; i++) {
            float sixths = base[i] + spare[i] * part[i];                             // -1 to 5
            float turn = sixths / 6f;
            hue[i] = turn + Math.min(1f, Math.max(0f, -turn * Lanes.SHARP));
        }
        times255(hue, count);
        for (int i = 0; i < count; i++) {
            float turned = hue[i] + step;
            hue[i] = (turned - 256 * Math.min(1f, Math.max(0f, turned - 255))) * 6 / 255f;
        }
    }

    /** The values between high and low, and the sector; {@code low} becomes the lowest value. */
    private void ramps(int count) {
        System.arraycopy(hue, 0, sector, 0, count);
        Lanes.floor(sector, count);
        for (int i = 0; i < count; i++) {
            float rest = hue[i] - sector[i];
            low[i] = high[i] * (1 - saturation[i]) + WHOLE - WHOLE;
            falling[i] = high[i] * (1 - saturation[i] * rest) + WHOLE - WHOLE;
            rising[i] = high[i] * (1 - saturation[i] * (1 - rest)) + WHOLE - WHOLE;
        }
    }

    /** High in two neighbouring sectors of the six, falling in the next, low in two, rising in the last: red from sector 5 on, green from 1, blue from 3. */
    private void colors(int count) {
        for (int i = 0; i < count; i++) {
            sector[i] -= 6 * Math.max(0f, sector[i] - 5);                            // 6 is 0
        }
        color(red, 0, count);
        color(green, 2, count);
        color(blue, 4, count);
    }

    private void color(float[] out, int shift, int count) {
        for (int i = 0; i < count; i++) {
            float place = sector[i] - shift;
            spare[i] = place + 6 * Math.min(1f, Math.max(0f, -place));
        }
        for (int i = 0; i < count; i++) {
            float falls = Math.max(0f, 1 - Math.abs(spare[i] - 1));
            float rises = Math.max(0f, 1 - Math.abs(spare[i] - 4));
            float lies = Math.max(0f, 1.5f - Math.abs(spare[i] - 2.5f));
            out[i] = high[i] + falls * (falling[i] - high[i]) + rises * (rising[i] - high[i]) + lies * (low[i] - high[i]);
        }
    }
}
