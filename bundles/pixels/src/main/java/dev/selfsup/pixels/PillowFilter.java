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

    /** Bits of the weights behind the binary point. */
    static final int BITS = 22;
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
        Taps across = width == box.width() ? null : taps(box.width(), width);
        return new PillowPasses(source, box).resize(across, taps(box.height(), height), width, height);
    }

    /**
     * For every result pixel the source pixels from[i] to from[i] + count[i] - 1 and their taps.
     *
     * @param size distance in {@code weight} between result pixels; no count is larger
     */
    record Taps(int[] from, int[] count, int[] weight, int size) {}

    private Taps taps(int in, int out) {
        double scale = (double) in / out;
        double stretch = Math.max(scale, 1);
        double reach = support * stretch;
        int size = (int) Math.ceil(reach) * 2 + 1;
        Taps taps = new Taps(new int[out], new int[out], new int[out * size], size);
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
            taps.from[i] = from;
            taps.count[i] = count;
            for (int k = 0; k < count; k++) {
                double w = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << BITS);
                taps.weight[i * size + k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
            }
        }
        return taps;
    }
}
