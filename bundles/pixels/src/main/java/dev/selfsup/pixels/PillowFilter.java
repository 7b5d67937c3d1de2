package dev.selfsup.pixels;

import dev.selfsup.api.data.Image;

/**
 * Pillow's convolution: a filter as wide as the area that a result pixel covers, first along rows, then along columns,
 * with 22-bit fixed-point weights and an 8-bit image in between.
 */
enum PillowFilter implements Resampling {
    BOX(0.5) {
        @Override
        double at(double x) {
            return x > -0.5 && x <= 0.5 ? 1 : 0;
        }
    },

    BILINEAR(1) {
        @Override
        double at(double x) {
            return Math.max(0, 1 - Math.abs(x));
        }
    },

    HAMMING(1) {
        @Override
        double at(double x) {
            return Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * StrictMath.cos(Math.PI * x));
        }
    },

    /** Catmull and Rom's cubic, a = -0.5. */
    BICUBIC(2) {
        @Override
        double at(double x) {
            double d = Math.abs(x);
            if (d >= 2) {
                return 0;
            }
            return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : (((d - 5) * d + 8) * d - 4) * -0.5;
        }
    },

    LANCZOS(3) {
        @Override
        double at(double x) {
            return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    };

    private static final int BITS = 22;
    private final double support;

    PillowFilter(double support) {
        this.support = support;
    }

    abstract double at(double x);

    private static double sinc(double x) {
        return x == 0 ? 1 : StrictMath.sin(x * Math.PI) / (x * Math.PI);
    }

    @Override
    public Image resize(Image source, Box box, int width, int height) {
        box.within(source);
        int line = width * source.channels();
        Weights down = weights(box.height(), height);
        int first = down.from[0];
        int rows = down.from[height - 1] + down.count[height - 1] - first;
        int[] between = Scratch.ofThread().rows(rows * line);                        // [rows, width, channels]
        if (width == box.width()) {
            copyRows(source, box, first, rows, line, between);
        } else {
            alongRows(source, box, first, rows, weights(box.width(), width), between);
        }
        Image out = Image.create(width, height, source.channels());
        alongColumns(between, first, line, down, out.data());
        return out;
    }

    private static void copyRows(Image source, Box box, int first, int rows, int line, int[] between) {
        for (int y = 0, o = 0; y < rows; y++) {
            int in = box.offset(source, first + y);
            for (int i = 0; i < line; i++) {
                between[o++] = source.data()[in + i] & 255;
            }
        }
    }

    private static void alongRows(Image source, Box box, int first, int rows, Weights across, int[] between) {
        int width = across.from.length;
        for (int y = 0; y < rows; y++) {
            int in = box.offset(source, first + y);
            if (source.channels() == 3) {
                rowOf3(source.data(), in, across, between, y * width * 3);
            } else {
                rowOf(source.data(), in, source.channels(), across, between, y * width * source.channels());
            }
        }
    }

    private static void rowOf3(byte[] data, int in, Weights across, int[] out, int start) {
        int[] weight = across.weight;
        int o = start;
        for (int x = 0; x < across.from.length; x++) {
            int i = in + across.from[x] * 3;
            int k = x * across.size;
            int end = k + across.count[x];
            int b = 1 << BITS - 1;
            int g = b;
            int r = b;
            for (; k < end; k++, i += 3) {
                int w = weight[k];
                b += w * (data[i] & 255);
                g += w * (data[i + 1] & 255);
                r += w * (data[i + 2] & 255);
            }
            out[o] = clip(b);
            out[o + 1] = clip(g);
            out[o + 2] = clip(r);
            o += 3;
        }
    }

    private static void rowOf(byte[] data, int in, int channels, Weights across, int[] out, int start) {
        int o = start;
        for (int x = 0; x < across.from.length; x++) {
            for (int c = 0; c < channels; c++) {
                int sum = 1 << BITS - 1;
                for (int k = 0; k < across.count[x]; k++) {
                    sum += across.weight[x * across.size + k] * (data[in + (across.from[x] + k) * channels + c] & 255);
                }
                out[o++] = clip(sum);
            }
        }
    }

    private static void alongColumns(int[] between, int first, int line, Weights down, byte[] out) {
        int[] sums = Scratch.ofThread().sums(line);
        for (int y = 0, o = 0; y < down.from.length; y++) {
            java.util.Arrays.fill(sums, 0, line, 1 << BITS - 1);
            for (int k = 0; k < down.count[y]; k++) {
                add(sums, between, (down.from[y] - first + k) * line, down.weight[y * down.size + k], line);
            }
            for (int i = 0; i < line; i++) {
                out[o++] = (byte) clip(sums[i]);
            }
        }
    }

    private static void add(int[] sums, int[] row, int start, int weight, int line) {
        for (int i = 0; i < line; i++) {
            sums[i] += weight * row[start + i];
        }
    }

    private static int clip(int sum) {
        return Math.min(255, Math.max(0, sum >> BITS));
    }

    /** For every result pixel the source pixels from[i] to from[i] + count[i] - 1 and their weights, size apart. */
    private record Weights(int[] from, int[] count, int[] weight, int size) {}

    private Weights weights(int in, int out) {
        double scale = (double) in / out;
        double stretch = Math.max(scale, 1);
        double reach = support * stretch;
        int size = (int) Math.ceil(reach) * 2 + 1;
        Weights weights = new Weights(new int[out], new int[out], new int[out * size], size);
        double[] exact = new double[size];
        for (int i = 0; i < out; i++) {
            double centre = (i + 0.5) * scale;
            int from = Math.max((int) (centre - reach + 0.5), 0);
            int count = Math.min((int) (centre + reach + 0.5), in) - from;
            double sum = 0;
            for (int k = 0; k < count; k++) {
                exact[k] = at((k + from - centre + 0.5) * (1 / stretch));
                sum += exact[k];
            }
            weights.from[i] = from;
            weights.count[i] = count;
            for (int k = 0; k < count; k++) {
                double w = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << BITS);
                weights.weight[i * size + k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
            }
        }
        return weights;
    }
}
