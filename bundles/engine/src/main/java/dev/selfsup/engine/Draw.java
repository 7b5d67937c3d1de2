package dev.selfsup.engine;

import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A random choice inside a model: the n-th of its kind in forward order, {@code rand/<kind>#<n>}. Its values come from
 * the run's seed, or from a recording.
 *
 * @param name {@code rand/rand#0}
 * @param shape shape of the result
 * @param source fills it
 * @param weights the input that the choice depends on, by name; empty for none
 */
public record Draw(String name, long[] shape, Source source, String weights) {
    /** A kind of draw. */
    public interface Source {
        /** The kind as names have it: {@code rand}, {@code randperm}, {@code dropout_keep_mask}. */
        String kind();

        /** Type of the values. */
        DataType type();

        /** Fills values, in C order. */
        void fill(double[] values, RandomGenerator random);

        /**
         * Fills values, in C order, by the weights that the choice depends on.
         *
         * @param weights the values of {@link Draw#weights}, from the beginning; empty where there are none
         */
        default void fill(double[] values, float[] weights, RandomGenerator random) {
            fill(values, random);
        }
    }

    /** Uniform noise in [0, 1). */
    public static Source uniform() {
        return new NamedSource("rand", DataType.FLOAT, (values, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat();
            }
        });
    }

    /** 1 with the given probability, else 0. */
    public static Source dropoutKeepMask(double keep) {
        return new NamedSource("dropout_keep_mask", DataType.FLOAT, (values, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextDouble() < keep ? 1 : 0;
            }
        });
    }

    /** A permutation of 0 to length - 1. */
    public static Source permutation() {
        return new NamedSource("randperm", DataType.INT64, (values, random) -> {
            for (int i = 0; i < values.length; i++) {
                int j = random.nextInt(i + 1);
                values[i] = values[j];
                values[j] = i;
            }
        });
    }

    private interface Filler {
        void fill(double[] values, RandomGenerator random);
    }

    private record NamedSource(String kind, DataType type, Filler filler) implements Source {
        @Override
        public void fill(double[] values, RandomGenerator random) {
            filler.fill(values, random);
        }
    }
}
