package dev.selfsup.memory.odcmemory;

import dev.selfsup.api.data.SampleRandom;
import java.util.random.RandomGenerator;

/**
 * Two halves of some features, by k-means of two clusters: the best of ten starts by k-means++ (Arthur and Vassilvitskii 2007), of twenty iterations each. The same features
 * always give the same halves. Neither is empty: where all features are alike, every second one goes into the second half.
 */
final class Halves {
    private static final int STARTS = 10;
    private static final int ITERATIONS = 20;

    private final float[][] rows;
    private final double[][] centres = new double[2][];
    private boolean[] best;
    private double least = Double.POSITIVE_INFINITY;

    /**
     * Halves of features.
     *
     * @param rows [N][D], N at least 2
     */
    Halves(float[][] rows) {
        this.rows = rows;
        RandomGenerator random = SampleRandom.of(0, rows.length);
        for (int start = 0; start < STARTS; start++) {
            seed(random);
            iterate();
        }
    }

    /** By feature whether it belongs to the second half. */
    boolean[] second() {
        if (best != null) {
            return best;
        }
        boolean[] alternating = new boolean[rows.length];
        for (int i = 1; i < rows.length; i += 2) {
            alternating[i] = true;
        }
        return alternating;
    }

    /** The first centre is one of the features, the second one drawn by its squared distance. */
    private void seed(RandomGenerator random) {
        centres[0] = centre(random.nextInt(rows.length));
        double total = 0;
        for (float[] row : rows) {
            total += distance(row, centres[0]);
        }
        double left = random.nextDouble() * total;
        int chosen = 0;
        for (int i = 0; i < rows.length && left >= 0; i++) {
            left -= distance(rows[i], centres[0]);
            chosen = i;
        }
        centres[1] = centre(chosen);
    }

    private double[] centre(int row) {
        double[] centre = new double[rows[row].length];
        for (int d = 0; d < centre.length; d++) {
            centre[d] = rows[row][d];
        }
        return centre;
    }

    private void iterate() {
        boolean[] second = new boolean[rows.length];
        double sum = Double.POSITIVE_INFINITY;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double before = sum;
            sum = assign(second);
            if (!move(second)) {
                return;
            }
            if (sum == before) {
                break;
            }
        }
        sum = assign(second);
        if (sum < least && bothHaveSome(second)) {
            least = sum;
            best = second;
        }
    }

    private static boolean bothHaveSome(boolean[] second) {
        int count = 0;
        for (boolean one : second) {
            count += one ? 1 : 0;
        }
        return count > 0 && count < second.length;
    }

    /** Takes every feature to the nearer centre; gives the sum of squared distances. */
    private double assign(boolean[] second) {
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            double first = distance(rows[i], centres[0]);
            double other = distance(rows[i], centres[1]);
            second[i] = other < first;
            sum += Math.min(first, other);
        }
        return sum;
    }

    /** Moves the centres to the means of their features, unless one has none. */
    private boolean move(boolean[] second) {
        if (!bothHaveSome(second)) {
            return false;
        }
        double[][] sums = new double[2][rows[0].length];
        int[] counts = new int[2];
        for (int i = 0; i < rows.length; i++) {
            int half = second[i] ? 1 : 0;
            counts[half]++;
            for (int d = 0; d < rows[i].length; d++) {
                sums[half][d] += rows[i][d];
            }
        }
        for (int half = 0; half < 2; half++) {
            for (int d = 0; d < rows[0].length; d++) {
                centres[half][d] = sums[half][d] / counts[half];
            }
        }
        return true;
    }

    private static double distance(float[] row, double[] centre) {
        double sum = 0;
        for (int d = 0; d < row.length; d++) {
            double difference = row[d] - centre[d];
            sum += difference * difference;
        }
        return sum;
    }
}
