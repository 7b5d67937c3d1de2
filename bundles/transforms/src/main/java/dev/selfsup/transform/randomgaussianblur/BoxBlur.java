package dev.selfsup.transform.randomgaussianblur;

import dev.selfsup.api.data.Image;

/**
 * A Gaussian by three box blurs in each direction, whose boxes end in fractions of a pixel (Gwosdek et al. 2011), in
 * Pillow's 24-bit fixed-point arithmetic. The border is repeated. Rows are arrays of their own, because the JIT
 * compiler vectorises loops over several rows only then.
 */
final class BoxBlur {
    private static final int PASSES = 3;
    private static final int HALF = 1 << 23;
    private static final ThreadLocal<BoxBlur> OF_THREAD = ThreadLocal.withInitial(BoxBlur::new);

    private int[][] shifted = {};
    private int[] padded = {};
    private int[][] rows = {};
    private int[][] lines = {};
    private int[][] spare = {};
    private int[] sums = {};

    private BoxBlur() {}

    /**
     * A box.
     *
     * @param radius whole pixels on each side of the middle
     * @param inner weight of a pixel inside
     * @param edge weight of the two pixels at the ends
     */
    private record Window(int radius, int inner, int edge) {
        static Window of(double sigma) {
            float radius = radius((float) sigma);
            int whole = (int) radius;
            int inner = (int) ((1 << 24) / (radius * 2 + 1));
            return new Window(whole, inner, ((1 << 24) - (whole * 2 + 1) * inner) / 2);
        }

        /** Half the side, less half a pixel, of the box that gives a standard deviation in three passes. */
        private static float radius(float sigma) {
            float variance = sigma * sigma / PASSES;
            float side = (float) Math.sqrt(12.0 * variance + 1.0);
            float whole = (float) Math.floor((side - 1.0) / 2.0);
            float rest = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
            rest /= 6 * (variance - (whole + 1) * (whole + 1));
            return whole + rest;
        }
    }

    /** Blurs an image in place; a sigma of 0 leaves it as it is. */
    static void gaussian(Image image, double sigma) {
        if (sigma > 0) {
            OF_THREAD.get().blur(image, Window.of(sigma));
        }
    }

    private void blur(Image image, Window window) {
        int height = image.height();
        int line = image.width() * image.channels();
        rows = atLeast(rows, height, line);
        for (int y = 0; y < height; y++) {
            alongRow(image, y, rows[y], window);
        }
        passes(height, line, window);
        write(image.data(), line, height);
    }

    private static int[][] atLeast(int[][] arrays, int count, int length) {
        int[][] enough = arrays.length < count ? java.util.Arrays.copyOf(arrays, count) : arrays;
        for (int i = 0; i < count; i++) {
            if (enough[i] == null || enough[i].length < length) {
                enough[i] = new int[length];
            }
        }
        return enough;
    }

    /** Box blurs along a row. The pixels at each place of the box are arrays of their own, copies of the row that begin there. */
    private void alongRow(Image image, int y, int[] out, Window window) {
        int channels = image.channels();
        int line = image.width() * channels;
        int begin = (window.radius + 1) * channels;
        int places = 2 * window.radius + 3;
        shifted = atLeast(shifted, places, line);
        padded = padded.length < line + 2 * begin ? new int[line + 2 * begin] : padded;
        sums = sums.length < line ? new int[line] : sums;
        read(image.data(), y * line, line, begin);
        for (int pass = 0; pass < PASSES; pass++) {
            for (int i = 0; i < begin; i++) {
                padded[i] = padded[begin + i % channels];
                padded[begin + line + i] = padded[begin + line - channels + i % channels];
            }
            for (int place = 0; place < places; place++) {
                System.arraycopy(padded, place * channels, shifted[place], 0, line);
            }
            average(out, inside(window.radius, line), shifted[0], shifted[places - 1], line, window.inner, window.edge);
            System.arraycopy(out, 0, padded, begin, line);
        }
    }

    private void read(byte[] data, int start, int line, int begin) {
        for (int i = 0; i < line; i++) {
            padded[begin + i] = data[start + i] & 255;
        }
    }

    /** Sums of the pixels inside the box. */
    private int[] inside(int radius, int line) {
        if (radius == 0) {
            return shifted[1];
        }
        sum(sums, shifted[1], shifted[2], shifted[3], line);
        for (int place = 4; place < 2 * radius + 2; place++) {
            add(sums, shifted[place], line);
        }
        return sums;
    }

    private void write(byte[] data, int line, int height) {
        for (int y = 0, o = 0; y < height; y++, o += line) {
            int[] row = rows[y];
            for (int x = 0; x < line; x++) {
                data[o + x] = (byte) row[x];
            }
        }
    }

    /** Box blurs along columns. */
    private void passes(int height, int line, Window window) {
        int reach = window.radius + 1;
        spare = atLeast(spare, reach + 1, line);
        lines = lines.length < reach + 1 + height ? new int[reach + 1 + height][] : lines;
        for (int pass = 0; pass < PASSES; pass++) {
            System.arraycopy(spare, 0, lines, 0, reach + 1);
            System.arraycopy(rows, 0, lines, reach + 1, height);
            pass(height, line, window);
            System.arraycopy(lines, 0, rows, 0, height);
            System.arraycopy(lines, height, spare, 0, reach + 1);
        }
    }

    /** One box blur. Line i lies at {@code radius + 2 + i} and its blurred values go where line i - radius - 2 was, which nothing needs any more. */
    private void pass(int count, int length, Window window) {
        int radius = window.radius;
        java.util.Arrays.fill(sums, 0, length, 0);
        for (int i = -radius; i <= radius; i++) {
            add(sums, line(i, count, radius), length);
        }
        int[] first = line(0, count, radius);
        for (int i = 0; i < count; i++) {
            int[] above = i - radius - 1 < 0 ? first : line(i - radius - 1, count, radius);
            int[] leaving = i - radius < 0 ? first : line(i - radius, count, radius);
            averageAndGoOn(lines[i], sums, above, line(i + radius + 1, count, radius), leaving, length, window.inner, window.edge);
        }
    }

    private int[] line(int i, int count, int radius) {
        return lines[radius + 2 + Math.min(Math.max(i, 0), count - 1)];
    }

    private static void add(int[] sums, int[] line, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += line[i];
        }
    }

    private static void sum(int[] sums, int[] a, int[] b, int[] c, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = a[i] + b[i] + c[i];
        }
    }

    private static void average(int[] out, int[] inside, int[] before, int[] after, int length, int inner, int edge) {
        for (int i = 0; i < length; i++) {
            out[i] = inside[i] * inner + (before[i] + after[i]) * edge + HALF >>> 24;
        }
    }

    private static void averageAndGoOn(int[] out, int[] sums, int[] above, int[] below, int[] leaving, int length, int inner, int edge) {
        for (int i = 0; i < length; i++) {
            out[i] = sums[i] * inner + (above[i] + below[i]) * edge + HALF >>> 24;
            sums[i] += below[i] - leaving[i];
        }
    }
}
