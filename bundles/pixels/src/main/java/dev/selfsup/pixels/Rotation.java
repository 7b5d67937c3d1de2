package dev.selfsup.pixels;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.data.Image;
import java.util.List;
import java.util.Locale;

/**
 * Turns images clockwise, as OpenCV's {@code warpAffine} does: positions in the source are rounded to 1/32 pixel, weights to 15 bits. Threads share one
 * instance.
 */
public final class Rotation {
    private static final int FRACTION_BITS = 10;
    private static final int STEP_BITS = 5;
    private static final int STEPS = 1 << STEP_BITS;
    private static final int WEIGHT_BITS = 15;
    private static final int ONE = 1 << WEIGHT_BITS;

    private final Shape shape;
    private final int taps;
    private final int[] weights;

    /**
     * What becomes of the shape of an image.
     *
     * @param center column and row about which it is turned; empty for its middle
     * @param expand whether the result has room for the whole turned image, rather than its size
     * @param fill value of the first channel, blue, outside the image; others are 0 there, as OpenCV has it
     */
    public record Shape(List<Double> center, boolean expand, int fill) {
        public Shape {
            center = List.copyOf(center);
            check(center.isEmpty() || center.size() == 2, "center must be [column, row], not %s", center);
            check(center.isEmpty() || !expand, "center must not be given with expand: true");
            check(fill >= 0 && fill <= 255, "fill must be from 0 to 255, not %d", fill);
        }
    }

    private Rotation(Shape shape, int taps, int... weights) {
        this.shape = shape;
        this.taps = taps;
        this.weights = weights;
    }

    /**
     * A way to turn.
     *
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area}, which is {@code bilinear}, or {@code lanczos}
     * @param shape what becomes of the shape
     */
    public static Rotation of(String interpolation, Shape shape) {
        List<String> known = List.of("nearest", "bilinear", "bicubic", "area", "lanczos");
        check(known.contains(interpolation), "interpolation must be one of %s, not %s", known, interpolation);
        if (interpolation.equals("nearest")) {
            return new Rotation(shape, 1, ONE);
        }
        CvTaps taps = CvTaps.valueOf(interpolation.equals("area") ? "BILINEAR" : interpolation.toUpperCase(Locale.ROOT));
        return new Rotation(shape, taps.taps(), weights(taps));
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
     * Turns an image.
     *
     * @param source the image; not changed
     * @param degrees by how much, clockwise
     * @return a new image
     */
    public Image turn(Image source, double degrees) {
        double angle = -degrees * (Math.PI / 180);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        float x = shape.center.isEmpty() ? (source.width() - 1) * 0.5f : shape.center.get(0).floatValue();
        float y = shape.center.isEmpty() ? (source.height() - 1) * 0.5f : shape.center.get(1).floatValue();
        double[] forward = {cos, sin, (1 - cos) * x - sin * y, -sin, cos, sin * x + (1 - cos) * y};
        if (!shape.expand) {
            return warp(source, inverse(forward), source.width(), source.height());
        }
        double width = source.height() * Math.abs(sin) + source.width() * Math.abs(cos);
        double height = source.height() * Math.abs(cos) + source.width() * Math.abs(sin);
        forward[2] += (width - source.width()) * 0.5;
        forward[5] += (height - source.height()) * 0.5;
        return warp(source, inverse(forward), (int) Math.rint(width), (int) Math.rint(height));
    }

    private static double[] inverse(double... m) {
        double scale = 1 / (m[0] * m[4] - m[1] * m[3]);
        double a = m[4] * scale;
        double b = -m[1] * scale;
        double d = -m[3] * scale;
        double e = m[0] * scale;
        return new double[] {a, b, -a * m[2] - b * m[5], d, e, -d * m[2] - e * m[5]};
    }

    /** The image whose pixel (x, y) shows the source at {@code (m0 x + m1 y + m2, m3 x + m4 y + m5)}. */
    private Image warp(Image source, double[] m, int width, int height) {
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
                pixel(source, column + columns[x] >> shift, row + rows[x] >> shift, out.data(), o);
            }
        }
        return out;
    }

    private static int fixed(double position) {
        return (int) Math.rint(position * (1 << FRACTION_BITS));
    }

    /** Writes what the source shows at a position, whole for the nearest pixel, else in steps. */
    private void pixel(Image source, int x, int y, byte[] out, int o) {
        int left = taps == 1 ? x : (x >> STEP_BITS) - (taps / 2 - 1);
        int top = taps == 1 ? y : (y >> STEP_BITS) - (taps / 2 - 1);
        int first = taps == 1 ? 0 : ((y & STEPS - 1) * STEPS + (x & STEPS - 1)) * taps * taps;
        int channels = source.channels();
        boolean inside = left >= 0 && top >= 0 && left + taps <= source.width() && top + taps <= source.height();
        for (int c = 0; c < channels; c++) {
            int sum = ONE / 2;
            for (int k = 0; k < taps * taps; k++) {
                int column = left + k % taps;
                int row = top + k / taps;
                boolean shown = inside || column >= 0 && row >= 0 && column < source.width() && row < source.height();
                int value = shown ? source.data()[(row * source.width() + column) * channels + c] & 255 : c == 0 ? shape.fill : 0;
                sum += value * weights[first + k];
            }
            out[o + c] = (byte) Math.min(255, Math.max(0, sum >> WEIGHT_BITS));
        }
    }
}
