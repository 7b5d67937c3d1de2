package dev.selfsup.augment;

import static dev.selfsup.api.component.Check.check;

import java.util.random.RandomGenerator;

/**
 * How much of an image stays when it is mixed with another: lambda, distributed as Beta(alpha, alpha).
 *
 * @param alpha above 0; the larger, the nearer to one half
 */
public record MixingShare(double alpha) {
    public MixingShare {
        check(alpha > 0, "alpha must be positive, not %s", alpha);
    }

    /** Draws a share, from 0 to 1. */
    public double draw(RandomGenerator random) {
        double first = logGamma(random);
        double second = logGamma(random);
        return 1 / (1 + Math.exp(second - first));
    }

    /** A random order of images: the partner of each. */
    public static int[] partners(int samples, RandomGenerator random) {
        int[] order = new int[samples];
        for (int i = 0; i < samples; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The logarithm of a gamma variate of shape alpha: Marsaglia and Tsang 2000, of alpha + 1 and a power of a uniform number. */
    private double logGamma(RandomGenerator random) {
        double d = alpha + 2.0 / 3;
        while (true) {
            double x = random.nextGaussian();
            double root = 1 + x / Math.sqrt(9 * d);
            double v = root * root * root;
            if (root > 0 && Math.log(1 - random.nextDouble()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                return Math.log(d * v) + Math.log(1 - random.nextDouble()) / alpha;
            }
        }
    }
}
