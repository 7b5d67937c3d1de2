package dev.selfsup.engine;

import java.util.Arrays;
import java.util.Comparator;
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

    /**
     * All places of each row in an order drawn without replacement: likelier places come first, those of weight 0 last. Drawn as an exponential race: place i arrives at
     * time {@code -log(u) / weight}.
     *
     * @param places of a row, L; the weights are [N, L]
     */
    public static Source multinomial(int places) {
        return new Race(places, places, 0);
    }

    /**
     * The same by the attention that the class token pays to each place.
     *
     * @param places of a row, L; the weights are an attention [N, 1 + L, 1 + L], whose first row is that of the class token
     */
    public static Source multinomialByAttention(int places) {
        return new Race(places, (1 + places) * (1 + places), 1);
    }

    /** Places of a row whose weights begin at {@code first} of every {@code stride} numbers. */
    private record Race(int places, int stride, int first) implements Source {
        @Override
        public String kind() {
            return "multinomial";
        }

        @Override
        public DataType type() {
            return DataType.INT64;
        }

        @Override
        public void fill(double[] values, RandomGenerator random) {
            throw new IllegalStateException("the choice depends on weights");
        }

        @Override
        public void fill(double[] values, float[] weights, RandomGenerator random) {
            double[] arrivals = new double[places];
            Integer[] order = new Integer[places];
            for (int n = 0; n < values.length / places; n++) {
                for (int i = 0; i < places; i++) {
                    arrivals[i] = -Math.log(1 - random.nextDouble()) / weights[n * stride + first + i];
                    order[i] = i;
                }
                Arrays.sort(order, Comparator.comparingDouble(i -> arrivals[i]));
                for (int i = 0; i < places; i++) {
                    values[n * places + i] = order[i];
                }
            }
        }
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
