package dev.selfsup.runtime.analysis;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Points in the plane that have as neighbours what rows of features have (Visualizing Data using t-SNE, van der Maaten and Hinton, JMLR 2008), computed exactly: time and memory
 * grow with the square of their number. The same seed gives the same points on any number of cores.
 *
 * @param perplexity how many neighbours count, about
 * @param exaggeration factor on the similarities of the first {@value #EARLY} iterations, which lets clusters form
 * @param rate of the gradient steps
 * @param iterations steps, unless {@code patience} ends them
 * @param patience iterations without progress after which it ends
 * @param seed of the first places
 */
record TSne(double perplexity, double exaggeration, double rate, int iterations, int patience, long seed) {
    private static final int EARLY = 250;
    private static final int LOOK = 50;
    private static final double SMALLEST_GAIN = 0.01;
    private static final double SMALLEST_GRADIENT = 1e-7;
    private static final double TINY = 1e-12;
    private static final double FIRST = 1e-4;

    /** The result: places, and the Kullback-Leibler divergence that is left. */
    record Map(double[] x, double[] y, double divergence) {}

    /**
     * Places rows.
     *
     * @param rows [N][D], at least four
     * @param done told the number of iterations that are done
     */
    Map place(float[][] rows, IntConsumer done) {
        float[][] similar = similarities(rows);                                                    // [N][N], sums to 1
        int n = rows.length;
        SplittableRandom random = new SplittableRandom(seed);
        double[][] at = new double[2][n];
        for (double[] axis : at) {
            Arrays.setAll(axis, i -> FIRST * random.nextGaussian());
        }
        double[][] speed = new double[2][n];
        double[][] gain = {ones(n), ones(n)};
        Step step = new Step(similar);
        double best = Double.POSITIVE_INFINITY;
        int bestIteration = 0;
        for (int iteration = 0; iteration < iterations; iteration++) {
            boolean early = iteration < EARLY;
            step.gradient(at, early ? exaggeration : 1);
            move(at, speed, gain, step.gradient, early ? 0.5 : 0.8);
            done.accept(iteration + 1);
            if (iteration == EARLY) {
                best = Double.POSITIVE_INFINITY;
                bestIteration = iteration;
            }
            if ((iteration + 1) % LOOK == 0) {
                double divergence = step.divergence(at);
                if (divergence < best) {
                    best = divergence;
                    bestIteration = iteration;
                } else if (!early && iteration - bestIteration > patience) {
                    break;
                }
                if (!early && step.norm() < SMALLEST_GRADIENT) {
                    break;
                }
            }
        }
        return new Map(at[0], at[1], step.divergence(at));
    }

    private static double[] ones(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** A step with momentum and a gain for each number, that grows while its gradient keeps its sign. */
    private void move(double[][] at, double[][] speed, double[][] gain, double[][] gradient, double momentum) {
        for (int axis = 0; axis < at.length; axis++) {
            for (int i = 0; i < at[axis].length; i++) {
                boolean onward = speed[axis][i] * gradient[axis][i] < 0;
                gain[axis][i] = Math.max(SMALLEST_GAIN, onward ? gain[axis][i] + 0.2 : gain[axis][i] * 0.8);
                speed[axis][i] = momentum * speed[axis][i] - rate * gain[axis][i] * gradient[axis][i];
                at[axis][i] += speed[axis][i];
            }
        }
    }

    /** The gradient of the divergence, and the divergence, by rows that are independent of each other. */
    private static final class Step {
        private final float[][] similar;
        private final int n;
        private final double[][] pull;
        private final double[][] push;
        private final double[] sums;
        final double[][] gradient;

        Step(float[][] similar) {
            this.similar = similar;
            this.n = similar.length;
            this.pull = new double[2][n];
            this.push = new double[2][n];
            this.sums = new double[n];
            this.gradient = new double[2][n];
        }

        void gradient(double[][] at, double exaggeration) {
            IntStream.range(0, n).parallel().forEach(i -> row(at, i));
            double all = Arrays.stream(sums).sum();
            for (int axis = 0; axis < 2; axis++) {
                for (int i = 0; i < n; i++) {
                    gradient[axis][i] = 4 * (exaggeration * pull[axis][i] - push[axis][i] / all);
                }
            }
        }

        private void row(double[][] at, int i) {
            double x = at[0][i];
            double y = at[1][i];
            float[] p = similar[i];
            double pullX = 0;
            double pullY = 0;
            double pushX = 0;
            double pushY = 0;
            double sum = 0;
            for (int j = 0; j < n; j++) {
                double dx = x - at[0][j];
                double dy = y - at[1][j];
                double near = 1 / (1 + dx * dx + dy * dy);
                double pulled = p[j] * near;
                double pushed = near * near;
                pullX += pulled * dx;
                pullY += pulled * dy;
                pushX += pushed * dx;
                pushY += pushed * dy;
                sum += near;
            }
            pull[0][i] = pullX;
            pull[1][i] = pullY;
            push[0][i] = pushX;
            push[1][i] = pushY;
            sums[i] = sum - 1;                                                                     // without the point itself
        }

        double divergence(double[][] at) {
            IntStream.range(0, n).parallel().forEach(i -> row(at, i));
            double all = Arrays.stream(sums).sum();
            double[] parts = new double[n];
            IntStream.range(0, n).parallel().forEach(i -> {
                for (int j = 0; j < n; j++) {
                    if (j != i) {
                        double dx = at[0][i] - at[0][j];
                        double dy = at[1][i] - at[1][j];
                        double q = Math.max(TINY, 1 / (1 + dx * dx + dy * dy) / all);
                        parts[i] += similar[i][j] <= TINY ? 0 : similar[i][j] * Math.log(similar[i][j] / q);
                    }
                }
            });
            return Arrays.stream(parts).sum();
        }

        double norm() {
            return Math.sqrt(Arrays.stream(gradient).flatMapToDouble(Arrays::stream).map(g -> g * g).sum());
        }
    }

    /** How likely two rows are neighbours, symmetric, [N][N]: of each row a normal distribution with as many neighbours as the perplexity says. */
    private float[][] similarities(float[][] rows) {
        int n = rows.length;
        float[][] conditional = new float[n][n];
        IntStream.range(0, n).parallel().forEach(i -> {
            double[] squares = new double[n];
            for (int j = 0; j < n; j++) {
                squares[j] = distance(rows[i], rows[j]);
            }
            neighbours(squares, i, conditional[i]);
        });
        IntStream.range(0, n).forEach(i -> {
            for (int j = 0; j < i; j++) {
                float both = (conditional[i][j] + conditional[j][i]) / (2 * n);
                conditional[i][j] = both;
                conditional[j][i] = both;
            }
        });
        return conditional;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            double difference = a[d] - b[d];
            sum += difference * difference;
        }
        return sum;
    }

    /** Finds the precision of a row by bisection: the entropy of its neighbours is the logarithm of the perplexity. */
    private void neighbours(double[] squares, int self, float[] result) {
        double nearest = IntStream.range(0, squares.length).filter(j -> j != self).mapToDouble(j -> squares[j]).min().orElse(0);
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double precision = 1 / Math.max(TINY, Arrays.stream(squares).average().orElse(1));
        double[] weights = new double[squares.length];
        double sum = 1;
        for (int round = 0; round < 100; round++) {
            sum = 0;
            double weighted = 0;
            for (int j = 0; j < squares.length; j++) {
                weights[j] = j == self ? 0 : Math.exp(-precision * (squares[j] - nearest));
                sum += weights[j];
                weighted += weights[j] * (squares[j] - nearest);
            }
            double entropy = Math.log(sum) + precision * weighted / sum;
            if (Math.abs(entropy - Math.log(perplexity)) < 1e-5) {
                break;
            }
            if (entropy > Math.log(perplexity)) {
                low = precision;
                precision = Double.isInfinite(high) ? 2 * precision : (low + high) / 2;
            } else {
                high = precision;
                precision = (low + high) / 2;
            }
        }
        for (int j = 0; j < result.length; j++) {
            result[j] = (float) (weights[j] / sum);
        }
    }
}
