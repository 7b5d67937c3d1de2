package dev.selfsup.transform.colorjitter;

import static dev.selfsup.transform.colorjitter.Lanes.WHOLE;

/**
 * Turns hues through HSV of 8 bits each, as Pillow rounds it. Which channel is the largest is told by factors that are 0 or 1 rather than by branches: a
 * pixel whose values are high, mid and low has the hue {@code base + sign (high - mid) / (high - low)} in sixths of a turn, where base and sign depend on which channel is
 * high and which is low. Planes are worked on in pieces that stay in the processor's first cache, in loops that fill one array each: longer ones are not vectorised.
 */
final class PillowHue {
    private static final int PIECE = 512;

    private final float[] blue = new float[PIECE];
    private final float[] green = new float[PIECE];
    private final float[] red = new float[PIECE];
    private final float[] high = new float[PIECE];
    private final float[] low = new float[PIECE];
    private final float[] part = new float[PIECE];                                   // (high - mid) / (high - low)
    private final float[] middle = new float[PIECE];                                 // 0, 2 or 4: which channel is high
    private final float[] base = new float[PIECE];
    private final float[] saturation = new float[PIECE];                             // 0 to 1 in 255ths
    private final float[] hue = new float[PIECE];                                    // 0 to 6
    private final float[] notRed = new float[PIECE];                                 // 0 if red is high, else 1
    private final float[] notGreen = new float[PIECE];
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
            color(red, 0, count);
            color(green, 2, count);
            color(blue, 4, count);
            System.arraycopy(blue, 0, blues, start, count);
            System.arraycopy(green, 0, greens, start, count);
            System.arraycopy(red, 0, reds, start, count);
        }
    }

    private void extremes(int count) {
        for (int i = 0; i < count; i++) {
            high[i] = Math.max(red[i], Math.max(green[i], blue[i]));
        }
        for (int i = 0; i < count; i++) {
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

    /**
     * Hues of pixels with red highest lie around 0, with green around 2, with blue around 4; above, so that the base is 1 more and the sign negative, where the lowest
     * channel is the one before: blue, red, green.
     */
    private void base(int count) {
        for (int i = 0; i < count; i++) {
            notRed[i] = Math.min(1f, high[i] - red[i]);
        }
        for (int i = 0; i < count; i++) {
            notGreen[i] = Math.min(1f, high[i] - green[i]);
        }
        for (int i = 0; i < count; i++) {
            middle[i] = notRed[i] * (2 + 2 * notGreen[i]);
        }
        for (int i = 0; i < count; i++) {
            spare[i] = blue[i] + notRed[i] * (red[i] - blue[i] + notGreen[i] * (green[i] - red[i]));
        }
        for (int i = 0; i < count; i++) {
            base[i] = middle[i] + 1 - 2 * Math.min(1f, spare[i] - low[i]);
        }
    }

    /** The turned hue in sixths. */
    private void hue(int step, int count) {
        for (int i = 0; i < count; i++) {
            spare[i] = (base[i] + (middle[i] - base[i]) * part[i]) / 6f;             // -1/6 to 5/6 of a turn
        }
        for (int i = 0; i < count; i++) {
            hue[i] = spare[i] + Math.min(1f, Math.max(0f, spare[i] * -Lanes.SHARP));
        }
        times255(hue, count);
        for (int i = 0; i < count; i++) {
            spare[i] = hue[i] + step;
        }
        for (int i = 0; i < count; i++) {
            hue[i] = (spare[i] - 256 * Math.min(1f, Math.max(0f, spare[i] - 255))) * 6 / 255f;
        }
    }

    /** A channel is high within one sixth of a turn of its own hue, low from two sixths on, and in between {@code high (1 - saturation x)}, rounded. */
    private void color(float[] out, float own, int count) {
        for (int i = 0; i < count; i++) {
            float away = Math.max(0f, Math.min(1f, 2 - Math.abs(Math.abs(hue[i] - own) - 3)));
            out[i] = high[i] * (1 - saturation[i] * away) + WHOLE - WHOLE;
        }
    }
}
