package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;

/** OpenCV's bilinear interpolation that gives the same on every machine: weights of 8 bits in each direction, the border repeated, nothing rounded in between. */
enum CvExact implements Resampling {
    BILINEAR;

    private static final int BITS = 8;
    private static final int ONE = 1 << BITS;

    @Override
    public Image resize(Image source, Box box, int width, int height) {
        box.within(source);
        if (width == box.width() && height == box.height()) {
            return box.cut(source);
        }
        int[][] across = axis(box.width(), width);
        int[][] down = axis(box.height(), height);
        int line = width * source.channels();
        int[] rows = Scratch.ofThread().rows(2 * line);                              // the two source rows of a result row
        Image out = Image.create(width, height, source.channels());
        for (int y = 0; y < height; y++) {
            int upper = down[0][y];
            alongRow(source, box.offset(source, upper), across, rows, 0);
            alongRow(source, box.offset(source, Math.min(upper + 1, box.height() - 1)), across, rows, line);
            int weight = down[1][y];
            for (int i = 0; i < line; i++) {
                int sum = (ONE - weight) * rows[i] + weight * rows[line + i];
                out.data()[y * line + i] = (byte) (sum + (1 << 2 * BITS - 1) >> 2 * BITS);
            }
        }
        return out;
    }

    /** For each result pixel the first of its two source pixels, and the weight of the second, of {@link #ONE}. */
    private static int[][] axis(int size, int out) {
        double scale = 1 / ((double) out / size);
        int[][] axis = new int[2][out];
        for (int i = 0; i < out; i++) {
            double at = scale * (i + 0.5) - 0.5;
            int floor = (int) Math.floor(at);
            boolean inside = floor >= 0 && floor < size - 1;
            axis[0][i] = Math.min(Math.max(floor, 0), size - 1);
            axis[1][i] = inside ? (int) Math.rint((at - floor) * ONE) : 0;
        }
        return axis;
    }

    private static void alongRow(Image source, int in, int[][] across, int[] out, int start) {
        int channels = source.channels();
        for (int x = 0, o = start; x < across[0].length; x++) {
            int left = in + across[0][x] * channels;
            int weight = across[1][x];
            int right = weight == 0 ? left : left + channels;
            for (int c = 0; c < channels; c++) {
                out[o++] = (ONE - weight) * (source.data()[left + c] & 255) + weight * (source.data()[right + c] & 255);
            }
        }
    }
}
