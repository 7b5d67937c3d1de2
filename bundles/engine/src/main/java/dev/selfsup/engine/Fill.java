package dev.selfsup.engine;

import java.util.random.RandomGenerator;

/** The first values of a weight. */
@FunctionalInterface
public interface Fill {
    /** All zero. */
    Fill ZEROS = constant(0);
    /** All one. */
    Fill ONES = constant(1);

    /**
     * Fills a weight.
     *
     * @param values the weight in C order, zero at first
     * @param shape its shape, [out, in, ...] for layers
     * @param random generator seeded from the run's seed and the weight's name
     */
    void fill(float[] values, long[] shape, RandomGenerator random);

    /** The same values times a factor. */
    default Fill times(double factor) {
        return (values, shape, random) -> {
            fill(values, shape, random);
            for (int i = 0; i < values.length; i++) {
                values[i] *= (float) factor;
            }
        };
    }

    /** All one value. */
    static Fill constant(double value) {
        return (values, shape, random) -> java.util.Arrays.fill(values, (float) value);
    }

    /** Uniform in [-bound, bound). */
    static Fill uniform(double bound) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
        };
    }

    /** Normal. */
    static Fill normal(double mean, double deviation) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (mean + deviation * NormalNumbers.next(random));
            }
        };
    }

    /** Normal without values outside of [low, high]. */
    static Fill truncatedNormal(double mean, double deviation, double low, double high) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) NormalNumbers.truncated(random, mean, deviation, low, high);
            }
        };
    }

    /** Inputs of one output of a layer's weight [out, in, ...]. */
    static long fanIn(long[] shape) {
        long fan = 1;
        for (int i = 1; i < shape.length; i++) {
            fan *= shape[i];
        }
        return fan;
    }

    /** Outputs that one input of a layer's weight [out, in, ...] feeds. */
    static long fanOut(long[] shape) {
        return shape.length < 2 ? shape[0] : shape[0] * fanIn(shape) / shape[1];
    }
}
