package dev.selfsup.transform.randomgaussianblur;

import dev.selfsup.api.data.Image;

/**
 * A Gaussian by three box blurs in each direction, whose boxes end in fractions of a pixel (Gwosdek et al. 2011), in
 * Pillow's 24-bit fixed-point arithmetic. The border is repeated. Columns and rows are arrays of their own, because the JIT
 * compiler vectorises loops over whole arrays only.
 */
final class BoxBlur {
    private static final int PASSES = 3;
    private static final int HALF = 1 << 23;
    private static final ThreadLocal<BoxBlur> OF_THREAD = ThreadLocal.withInitial(BoxBlur::new);

    private int[][] columns = {};
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
        int channels = image.channels();
        int height = image.height();
        int line = image.width() * channels;
        columns = atLeast(columns, line, height);
        rows = atLeast(rows, height, line);
        read(image.data(), line, height);
        for (int c = 0; c < channels; c++) {
            passes(columns, c, channels, image.width(), height, window);
        }
        turn(line, height);
        passes(rows, 0, 1, height, line, window);
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

    private void read(byte[] data, int line, int height) {
        for (int x = 0; x < line; x++) {
            int[] column = columns[x];
            for (int y = 0; y < height; y++) {
                column[y] = data[x + y * line] & 255;
            }
        }
    }

    private void turn(int line, int height) {
        for (int x = 0; x < line; x++) {
            int[] column = columns[x];
            for (int y = 0; y < height; y++) {
                rows[y][x] = column[y];
            }
        }
    }

    private void write(byte[] data, int line, int height) {
        for (int y = 0, o = 0; y < height; y++, o += line) {
            int[] row = rows[y];
            for (int x = 0; x < line; x++) {
                data[o + x] = (byte) row[x];
            }
        }
    }

    /** Box blurs along the lines {@code first}, {@code first + step}, ... of an array of lines. */
    private void passes(int[][] all, int first, int step, int count, int length, Window window) {
        int reach = window.radius + 1;
        spare = atLeast(spare, reach + 1, length);
        lines = lines.length < reach + 1 + count ? new int[reach + 1 + count][] : lines;
        sums = sums.length < length ? new int[length] : sums;
        for (int pass = 0; pass < PASSES; pass++) {
            System.arraycopy(spare, 0, lines, 0, reach + 1);
            for (int i = 0; i < count; i++) {
                lines[reach + 1 + i] = all[first + i * step];
            }
            pass(count, length, window);
            for (int i = 0; i < count; i++) {
                all[first + i * step] = lines[i];
            }
            System.arraycopy(lines, count, spare, 0, reach + 1);
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
            average(lines[i], sums, above, line(i + radius + 1, count, radius), leaving, length, window.inner, window.edge);
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

    private static void average(int[] out, int[] sums, int[] above, int[] below, int[] leaving, int length, int inner, int edge) {
        for (int i = 0; i < length; i++) {
            out[i] = sums[i] * inner + (above[i] + below[i]) * edge + HALF >>> 24;
            sums[i] += below[i] - leaving[i];
        }
    }
}
