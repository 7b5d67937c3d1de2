package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;

/**
 * OpenCV's interpolation between 2, 4 or 8 neighbours, with 11-bit fixed-point weights in each direction and the border
 * repeated. It does not average: shrinking by a lot skips pixels.
 */
enum CvTaps implements Resampling {
    BILINEAR(2) {
        @Override
        void weights(float x, float[] out) {
            out[0] = 1 - x;
            out[1] = x;
        }
    },

    /** Cubic convolution, a = -0.75. */
    BICUBIC(4) {
        @Override
        void weights(float x, float[] out) {
            float a = -0.75f;
            out[0] = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a;
            out[1] = ((a + 2) * x - (a + 3)) * x * x + 1;
            out[2] = ((a + 2) * (1 - x) - (a + 3)) * (1 - x) * (1 - x) + 1;
            out[3] = 1 - out[0] - out[1] - out[2];
        }
    },

    /** Lanczos's window over 8 pixels. */
    LANCZOS(8) {
        @Override
        void weights(float x, float[] out) {
            double sum = 0;
            for (int i = 0; i < 8; i++) {
                double t = (x + 3 - i) * Math.PI;
                out[i] = (float) (Math.abs(t) < 1e-6 ? 1 : StrictMath.sin(t) * StrictMath.sin(t / 4) * 4 / (t * t));
                sum += out[i];
            }
            for (int i = 0; i < 8; i++) {
                out[i] /= (float) sum;
            }
        }
    };

    private static final int ONE = 1 << 11;
    private final int taps;

    CvTaps(int taps) {
        this.taps = taps;
    }

    /** Source pixels of a result pixel, in each direction. */
    int taps() {
        return taps;
    }

    abstract void weights(float x, float[] out);

    @Override
    public Image resize(Image source, Box box, int width, int height) {
        box.within(source);
        if (width == box.width() && height == box.height()) {
            return box.cut(source);
        }
        if (this == BILINEAR && width * 2 == box.width() && height * 2 == box.height()) {
            return CvArea.AREA.resize(source, box, width, height);
        }
        return resize(source, box, axis(box.width(), width, this == BILINEAR), axis(box.height(), height, false));
    }

    /**
     * What an axis of the result is made of.
     *
     * @param first for each result pixel the first of its source pixels, which may lie outside
     * @param column [result pixels, taps]: its source pixels, moved inside
     * @param weight [result pixels, taps]: their weights
     * @param size source pixels
     */
    record Axis(int[] first, int[] column, int[] weight, int size) {}

    /**
     * Weights of an axis.
     *
     * @param snap whether a result pixel outside of the source is exactly its border pixel, as bilinear columns are: the
     *     rows are mixed from the border row twice, which can round down
     */
    private Axis axis(int size, int out, boolean snap) {
        double scale = 1 / ((double) out / size);
        Axis axis = new Axis(new int[out], new int[out * taps], new int[out * taps], size);
        float[] exact = new float[taps];
        for (int i = 0; i < out; i++) {
            float at = (float) ((i + 0.5) * scale - 0.5);
            int floor = (int) Math.floor(at);
            float rest = at - floor;
            if (snap && (floor < 0 || floor >= size - 1)) {
                floor = floor < 0 ? 0 : size - 1;
                rest = 0;
            }
            weights(rest, exact);
            put(axis, i, floor - taps / 2 + 1, exact);
        }
        return axis;
    }

    void put(Axis axis, int i, int first, float[] exact) {
        axis.first[i] = first;
        for (int k = 0; k < taps; k++) {
            axis.column[i * taps + k] = Math.min(Math.max(first + k, 0), axis.size - 1);
            axis.weight[i * taps + k] = (int) Math.rint(exact[k] * ONE);
        }
    }

    Image resize(Image source, Box box, Axis across, Axis down) {
        int width = across.first.length;
        int height = down.first.length;
        int line = width * source.channels();
        int[] ring = Scratch.ofThread().rows(taps * line);                           // the source rows needed, row y at y mod taps
        Image out = Image.create(width, height, source.channels());
        int ready = Integer.MIN_VALUE;
        for (int y = 0; y < height; y++) {
            int last = down.first[y] + taps - 1;
            for (int row = Math.max(down.first[y], ready + 1); row <= last; row++) {
                int inside = Math.min(Math.max(row, 0), down.size - 1);
                alongRow(source, box.offset(source, inside), across, ring, Math.floorMod(row, taps) * line);
            }
            ready = last;
            alongColumn(ring, line, down, y, out.data());
        }
        return out;
    }

    private void alongRow(Image source, int in, Axis across, int[] out, int start) {
        if (source.channels() == 3) {
            alongRowOf3(source.data(), in, across, out, start);
            return;
        }
        int channels = source.channels();
        int o = start;
        for (int tap = 0; tap < across.column.length; tap += taps) {
            for (int c = 0; c < channels; c++) {
                int sum = 0;
                for (int k = tap; k < tap + taps; k++) {
                    sum += across.weight[k] * (source.data()[in + across.column[k] * channels + c] & 255);
                }
                out[o++] = sum;
            }
        }
    }

    private void alongRowOf3(byte[] data, int in, Axis across, int[] out, int start) {
        int[] column = across.column;
        int[] weight = across.weight;
        int o = start;
        for (int tap = 0; tap < column.length; tap += taps) {
            int b = 0;
            int g = 0;
            int r = 0;
            for (int k = tap; k < tap + taps; k++) {
                int i = in + column[k] * 3;
                int w = weight[k];
                b += w * (data[i] & 255);
                g += w * (data[i + 1] & 255);
                r += w * (data[i + 2] & 255);
            }
            out[o] = b;
            out[o + 1] = g;
            out[o + 2] = r;
            o += 3;
        }
    }

    private void alongColumn(int[] ring, int line, Axis down, int y, byte[] out) {
        int o = y * line;
        if (this == BILINEAR) {
            int upper = Math.floorMod(down.first[y], 2) * line;
            blend(ring, upper, line - upper, down.weight[y * 2], down.weight[y * 2 + 1], line, out, o);
            return;
        }
        int[] sums = Scratch.ofThread().sums(line);
        java.util.Arrays.fill(sums, 0, line, 1 << 21);
        for (int k = 0; k < taps; k++) {
            int row = Math.floorMod(down.first[y] + k, taps) * line;
            int weight = down.weight[y * taps + k];
            for (int i = 0; i < line; i++) {
                sums[i] += weight * ring[row + i];
            }
        }
        for (int i = 0; i < line; i++) {
            out[o + i] = (byte) Math.min(255, Math.max(0, sums[i] >> 22));
        }
    }

    /** Two rows, rounded as OpenCV's 16-bit multiplications do. */
    private static void blend(int[] ring, int upper, int lower, int above, int below, int line, byte[] out, int o) {
        for (int i = 0; i < line; i++) {
            int sum = (above * (ring[upper + i] >> 4) >> 16) + (below * (ring[lower + i] >> 4) >> 16) + 2;
            out[o + i] = (byte) (sum >> 2);
        }
    }
}
