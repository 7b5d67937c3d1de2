package dev.selfsup.targetgenerator.hoggenerator;

import java.util.Arrays;

/**
 * Histograms of oriented gradients of one channel of an image, [H, W] to [bins, H / pool, W / pool], each cell of unit length over its bins. Gradients are those of Sobel, borders are
 * mirrored; a full turn is cut into bins of orientation, which gradients enter by their length times the window's weight. Computed in 32 bits.
 */
final class Histograms {
    private static final float TINY = 1e-12f;

    private final int height;
    private final int width;
    private final int pool;
    private final int bins;
    private final float[] window;
    private final int windowSize;
    private final float[] rows;                                                        // three rows with a column more on either side

    /**
     * @param window [windowSize, windowSize], repeated over the image; empty for none
     */
    Histograms(int height, int width, int pool, int bins, float[] window, int windowSize) {
        this.height = height;
        this.width = width;
        this.pool = pool;
        this.bins = bins;
        this.window = window;
        this.windowSize = windowSize;
        this.rows = new float[3 * (width + 2)];
    }

    /** Fills the histograms of the channel that begins at {@code from}. */
    void fill(float[] image, int from, float[] cells, int to) {
        int columns = width / pool;
        int area = height / pool * columns;
        Arrays.fill(cells, to, to + bins * area, 0);
        for (int y = 0; y < height; y++) {
            row(image, from, y - 1, 0);
            row(image, from, y, 1);
            row(image, from, y + 1, 2);
            if (y / pool < height / pool) {
                votes(y, cells, to + y / pool * columns, area);
            }
        }
        normalize(cells, to, area);
    }

    private void row(float[] image, int from, int y, int slot) {
        int mirrored = y < 0 ? -y : y >= height ? 2 * height - 2 - y : y;
        int at = slot * (width + 2);
        System.arraycopy(image, from + mirrored * width, rows, at + 1, width);
        rows[at] = rows[at + 2];
        rows[at + width + 1] = rows[at + width - 1];
    }

    private void votes(int y, float[] cells, int to, int area) {
        int stride = width + 2;
        for (int x = 0; x < width / pool * pool; x++) {
            float gx = rows[x] - rows[x + 2] + 2 * rows[stride + x] - 2 * rows[stride + x + 2] + rows[2 * stride + x] - rows[2 * stride + x + 2];
            float gy = rows[x] + 2 * rows[x + 1] + rows[x + 2] - rows[2 * stride + x] - 2 * rows[2 * stride + x + 1] - rows[2 * stride + x + 2];
            float length = (float) Math.sqrt(gx * gx + gy * gy);
            float phase = Arctangent.of(gx, gy) / (float) Math.PI * bins;              // -bins to bins
            int bin = Math.floorMod((int) Math.floor(phase), bins);
            float weight = window.length == 0 ? 1 : window[y % windowSize * windowSize + x % windowSize];
            cells[to + bin * area + x / pool] += length * weight;
        }
    }

    private void normalize(float[] cells, int to, int area) {
        for (int cell = to; cell < to + area; cell++) {
            double squares = 0;
            for (int bin = 0; bin < bins; bin++) {
                squares += (double) cells[cell + bin * area] * cells[cell + bin * area];
            }
            float length = Math.max((float) Math.sqrt(squares), TINY);
            for (int bin = 0; bin < bins; bin++) {
                cells[cell + bin * area] /= length;
            }
        }
    }
}
