package dev.selfsup.transform.randomgaussianblur;

import dev.selfsup.api.data.Image;

/**
 * A Gaussian by three box blurs in each direction, whose boxes end in fractions of a pixel (Gwosdek et al. 2011), in
 * Pillow's 24-bit fixed-point arithmetic. The border is repeated.
 */
final class BoxBlur {
    private static final int PASSES = 3;
    private static final int HALF = 1 << 23;
    private static final ThreadLocal<BoxBlur> OF_THREAD = ThreadLocal.withInitial(BoxBlur::new);

    private byte[] lines = new byte[0];
    private int[] sums = new int[0];

    private BoxBlur() {}

    /** Blurs an image in place; a sigma of 0 leaves it as it is. */
    static void gaussian(Image image, double sigma) {
        if (sigma <= 0) {
            return;
        }
        float radius = radius((float) sigma);
        int whole = (int) radius;
        int inner = (int) ((1 << 24) / (radius * 2 + 1));                            // weight of a pixel inside the box
        int edge = ((1 << 24) - (whole * 2 + 1) * inner) / 2;                        // weight of the two pixels at its ends
        BoxBlur blur = OF_THREAD.get();
        int line = image.width() * image.channels();
        for (int pass = 0; pass < PASSES; pass++) {
            for (int y = 0; y < image.height(); y++) {
                blur.alongRow(image.data(), y * line, image.width(), image.channels(), whole, inner, edge);
            }
        }
        for (int pass = 0; pass < PASSES; pass++) {
            blur.alongColumns(image.data(), line, image.height(), whole, inner, edge);
        }
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

    private void alongRow(byte[] data, int start, int width, int channels, int radius, int inner, int edge) {
        int reach = radius + 1;
        byte[] padded = padded((width + 2 * reach) * channels);
        for (int c = 0; c < reach * channels; c++) {
            padded[c] = data[start + c % channels];
            padded[(reach + width) * channels + c] = data[start + (width - 1) * channels + c % channels];
        }
        System.arraycopy(data, start, padded, reach * channels, width * channels);
        int span = (2 * radius + 1) * channels;
        for (int c = 0; c < channels; c++) {
            int sum = 0;
            for (int i = channels + c; i < channels + span; i += channels) {
                sum += padded[i] & 255;
            }
            for (int x = 0, left = c; x < width; x++, left += channels) {
                int right = left + channels + span;
                int ends = (padded[left] & 255) + (padded[right] & 255);
                data[start + left] = (byte) (sum * inner + ends * edge + HALF >>> 24);
                sum += (padded[right] & 255) - (padded[left + channels] & 255);
            }
        }
    }

    private void alongColumns(byte[] data, int line, int height, int radius, int inner, int edge) {
        byte[] source = padded(line * height);
        System.arraycopy(data, 0, source, 0, line * height);
        if (sums.length < line) {
            sums = new int[line];
        }
        java.util.Arrays.fill(sums, 0, line, 0);
        for (int y = -radius; y <= radius; y++) {
            int row = row(y, height) * line;
            for (int i = 0; i < line; i++) {
                sums[i] += source[row + i] & 255;
            }
        }
        for (int y = 0; y < height; y++) {
            int above = row(y - radius - 1, height) * line;
            int below = row(y + radius + 1, height) * line;
            int out = y * line;
            for (int i = 0; i < line; i++) {
                int ends = (source[above + i] & 255) + (source[below + i] & 255);
                data[out + i] = (byte) (sums[i] * inner + ends * edge + HALF >>> 24);
            }
            int leaving = row(y - radius, height) * line;
            for (int i = 0; i < line; i++) {
                sums[i] += (source[below + i] & 255) - (source[leaving + i] & 255);
            }
        }
    }

    private static int row(int y, int height) {
        return Math.min(Math.max(y, 0), height - 1);
    }

    private byte[] padded(int size) {
        if (lines.length < size) {
            lines = new byte[size];
        }
        return lines;
    }
}
