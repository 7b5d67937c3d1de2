package dev.selfsup.pixels;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.data.Image;
import java.util.List;
import java.util.Locale;

/**
 * Moves the pixels of an image by an affine map, as OpenCV's {@code warpAffine} does: positions in the source are rounded to 1/32 pixel, weights to 15 bits.
 * Threads share one instance.
 *
 * <pre>{@code
 * Image sheared = Warp.of("bicubic").move(image, new double[] {1, 0.3, 0, 0, 1, 0}, image.width(), image.height(), 128, 128, 128);
 * }</pre>
 */
public final class Warp {
    private static final List<String> INTERPOLATIONS = List.of("nearest", "bilinear", "bicubic", "area", "lanczos");
    private static final int FRACTION_BITS = 10;
    private static final int STEP_BITS = 5;
    private static final int STEPS = 1 << STEP_BITS;
    private static final int WEIGHT_BITS = 15;
    private static final int ONE = 1 << WEIGHT_BITS;

    private final int taps;
    private final int[] weights;

    private Warp(int taps, int... weights) {
        this.taps = taps;
        this.weights = weights;
    }

    /**
     * A way to read between pixels.
     *
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area}, which is {@code bilinear}, or {@code lanczos}
     */
    public static Warp of(String interpolation) {
        check(INTERPOLATIONS.contains(interpolation), "interpolation must be one of %s, not %s", INTERPOLATIONS, interpolation);
        if (interpolation.equals("nearest")) {
            return new Warp(1, ONE);
        }
        CvTaps taps = CvTaps.valueOf(interpolation.equals("area") ? "BILINEAR" : interpolation.toUpperCase(Locale.ROOT));
        return new Warp(taps.taps(), weights(taps));
    }

    /** Weights [32 * 32, taps * taps] by the position between pixels, each a sum of one. */
    private static int[] weights(CvTaps taps) {
        int side = taps.taps();
        float[][] along = new float[STEPS][side];
        for (int i = 0; i < STEPS; i++) {
            taps.weights(i / (float) STEPS, along[i]);
        }
        int[] weights = new int[STEPS * STEPS * side * side];
        for (int i = 0; i < STEPS * STEPS; i++) {
            int start = i * side * side;
            int sum = 0;
            for (int k = 0; k < side * side; k++) {
                weights[start + k] = (int) Math.rint(along[i / STEPS][k / side] * along[i % STEPS][k % side] * ONE);
                sum += weights[start + k];
            }
            balance(weights, start, side, sum - ONE);
        }
        return weights;
    }

    /** Takes what a sum is too large from the smallest of the four weights behind the middle, gives what it is too small to the largest. */
    private static void balance(int[] weights, int start, int side, int excess) {
        int smallest = start + side / 2 * side + side / 2;
        int largest = smallest;
        for (int row = side / 2; excess != 0 && row < side / 2 + 2; row++) {
            for (int column = side / 2; column < side / 2 + 2; column++) {
                int at = start + row * side + column;
                smallest = weights[at] < weights[smallest] ? at : smallest;
                largest = weights[at] > weights[largest] ? at : largest;
            }
        }
        weights[excess < 0 ? largest : smallest] -= excess;
    }

    /**
     * Moves the pixels.
     *
     * @param source the image; not changed
     * @param map where pixel (x, y) of the source goes: {@code (m0 x + m1 y + m2, m3 x + m4 y + m5)}
     * @param width columns of the result
     * @param height rows of the result
     * @param outside value of each channel where there is no image; channels without one are 0, as OpenCV has it
     * @return a new image
     */
    public Image move(Image source, double[] map, int width, int height, int... outside) {
        double[] m = inverse(map);
        int shift = taps == 1 ? FRACTION_BITS : FRACTION_BITS - STEP_BITS;
        int half = 1 << (shift - 1);
        int[] columns = new int[width];
        int[] rows = new int[width];
        for (int x = 0; x < width; x++) {
            columns[x] = fixed(m[0] * x);
            rows[x] = fixed(m[3] * x);
        }
        Image out = Image.create(width, height, source.channels());
        for (int y = 0, o = 0; y < height; y++) {
            int column = fixed(m[1] * y + m[2]) + half;
            int row = fixed(m[4] * y + m[5]) + half;
            for (int x = 0; x < width; x++, o += source.channels()) {
                pixel(source, column + columns[x] >> shift, row + rows[x] >> shift, outside, out.data(), o);
            }
        }
        return out;
    }

    private static double[] inverse(double... m) {
        double scale = 1 / (m[0] * m[4] - m[1] * m[3]);
        double a = m[4] * scale;
        double b = -m[1] * scale;
        double d = -m[3] * scale;
        double e = m[0] * scale;
        return new double[] {a, b, -a * m[2] - b * m[5], d, e, -d * m[2] - e * m[5]};
    }

    private static int fixed(double position) {
        return (int) Math.rint(position * (1 << FRACTION_BITS));
    }

    /** Writes what the source shows at a position, whole for the nearest pixel, else in steps. */
    private void pixel(Image source, int x, int y, int[] outside, byte[] out, int o) {
        int left = taps == 1 ? x : (x >> STEP_BITS) - (taps / 2 - 1);
        int top = taps == 1 ? y : (y >> STEP_BITS) - (taps / 2 - 1);
        int first = taps == 1 ? 0 : ((y & STEPS - 1) * STEPS + (x & STEPS - 1)) * taps * taps;
        boolean inside = left >= 0 && top >= 0 && left + taps <= source.width() && top + taps <= source.height();
        for (int c = 0; c < source.channels(); c++) {
            int fill = c < outside.length ? outside[c] : 0;
            int sum = ONE / 2;
            for (int row = top, k = first; row < top + taps; row++) {
                for (int column = left; column < left + taps; column++, k++) {
                    boolean shown = inside || column >= 0 && row >= 0 && column < source.width() && row < source.height();
                    sum += weights[k] * (shown ? source.data()[(row * source.width() + column) * source.channels() + c] & 255 : fill);
                }
            }
            out[o + c] = (byte) Math.min(255, Math.max(0, sum >> WEIGHT_BITS));
        }
    }
}
