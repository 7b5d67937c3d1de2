package dev.selfsup.clustering;

import java.util.Arrays;

/** How much a sample counts by its class, the less the larger the class: {@code n^-power}, divided by the sum over classes. */
public final class ClassWeights {
    /** Images added to each class, so that an empty one has a weight: a very large one. */
    private static final double ALMOST_NOTHING = 1e-10;

    private ClassWeights() {}

    /** Samples of each class, [K]; labels of -1 count nowhere. */
    public static int[] sizes(int[] labels, int classes) {
        int[] sizes = new int[classes];
        for (int label : labels) {
            if (label >= 0) {
                sizes[label]++;
            }
        }
        return sizes;
    }

    /**
     * The weights.
     *
     * @param labels class of every sample; -1 for none
     * @param classes number of classes, K
     * @param power exponent; 0 for equal weights
     * @return [K], of sum 1
     */
    public static float[] of(int[] labels, int classes, double power) {
        double[] inverse = Arrays.stream(sizes(labels, classes)).mapToDouble(size -> Math.pow(1 / (size + ALMOST_NOTHING), power)).toArray();
        double sum = Arrays.stream(inverse).sum();
        float[] weights = new float[classes];
        for (int k = 0; k < classes; k++) {
            weights[k] = (float) (inverse[k] / sum);
        }
        return weights;
    }
}
