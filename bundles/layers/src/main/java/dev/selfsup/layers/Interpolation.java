package dev.selfsup.layers;

/** Values of a grid between its places, as PyTorch's {@code interpolate} finds them with {@code align_corners=False}. */
public enum Interpolation {
    /** The value of the place on whose area the new one begins. */
    NEAREST {
        @Override
        void add(double[] weights, int from, double scale, int place) {
            weights[Math.min(from - 1, (int) Math.floor(place * scale))] += 1;
        }
    },
    /** Linear between two places in each direction. */
    BILINEAR {
        @Override
        void add(double[] weights, int from, double scale, int place) {
            double at = Math.max(0, scale * (place + 0.5) - 0.5);
            int left = (int) at;
            weights[left] += 1 - (at - left);
            weights[Math.min(from - 1, left + 1)] += at - left;
        }
    },
    /** Cubic convolution (Keys 1981) over four places in each direction, a = -0.75. */
    BICUBIC {
        @Override
        void add(double[] weights, int from, double scale, int place) {
            double at = scale * (place + 0.5) - 0.5;
            int left = (int) Math.floor(at);
            for (int i = left - 1; i <= left + 2; i++) {
                weights[Math.max(0, Math.min(from - 1, i))] += cubic(Math.abs(at - i));
            }
        }
    };

    private static final double SHARPNESS = -0.75;

    /** Adds the weights of the old places in a new one, along one direction. */
    abstract void add(double[] weights, int from, double scale, int place);

    private static double cubic(double distance) {
        if (distance <= 1) {
            return ((SHARPNESS + 2) * distance - (SHARPNESS + 3)) * distance * distance + 1;
        }
        return ((distance - 5) * distance + 8) * distance * SHARPNESS - 4 * SHARPNESS;
    }

    /**
     * What each place of the old grid contributes to each of the new one.
     *
     * @param from h, w
     * @param to H, W
     * @return [H * W, h * w] in C order
     */
    public float[] weights(long[] from, long[] to) {
        double[][] rows = direction((int) from[0], (int) to[0]);
        double[][] columns = direction((int) from[1], (int) to[1]);
        float[] weights = new float[rows.length * columns.length * rows[0].length * columns[0].length];
        int at = 0;
        for (double[] row : rows) {
            for (double[] column : columns) {
                for (double y : row) {
                    for (double x : column) {
                        weights[at++] = (float) (y * x);
                    }
                }
            }
        }
        return weights;
    }

    private double[][] direction(int from, int to) {
        double[][] weights = new double[to][from];
        for (int place = 0; place < to; place++) {
            add(weights[place], from, (double) from / to, place);
        }
        return weights;
    }
}
