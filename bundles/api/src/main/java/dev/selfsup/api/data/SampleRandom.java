package dev.selfsup.api.data;

import java.util.random.RandomGenerator;

/**
 * The generator of one sample or one permutation: SplitMix64 (Steele, Lea and Flood 2014) from a key made of a few
 * numbers. It is written out here, bounded draws too, so that a run gives the same numbers on every JVM: those of
 * {@code java.util.random} differ between releases.
 */
public final class SampleRandom implements RandomGenerator {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private long state;

    private SampleRandom(long state) {
        this.state = state;
    }

    /**
     * The generator of a key. Any two different keys give unrelated streams.
     *
     * @param key for a sample: the run's seed, the epoch, the index in the dataset
     */
    public static SampleRandom of(long... key) {
        long hash = GOLDEN * (key.length + 1L);
        for (long part : key) {
            hash = absorbed(hash, part);
        }
        return new SampleRandom(hash);
    }

    /** Begins anew as the generator {@code of(first, second, third)}. */
    public void restart(long first, long second, long third) {
        state = absorbed(absorbed(absorbed(GOLDEN * 4, first), second), third);
    }

    private static long absorbed(long hash, long part) {
        return mix(mix(hash + GOLDEN) ^ mix(part + 2 * GOLDEN));
    }

    /**
     * A random order.
     *
     * @param size number of elements
     * @param key for an epoch: the run's seed, the epoch
     * @return 0 to size - 1, shuffled by Fisher and Yates
     */
    public static int[] permutation(int size, long... key) {
        SampleRandom random = of(key);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    @Override
    public long nextLong() {
        state += GOLDEN;
        return mix(state);
    }

    @Override
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /** Uniform in [0, bound), unbiased (Lemire 2019). */
    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, not " + bound);
        }
        long product = (nextInt() & 0xFFFFFFFFL) * bound;
        long low = product & 0xFFFFFFFFL;
        if (low < bound) {
            long threshold = (1L << 32) % bound;
            while (low < threshold) {
                product = (nextInt() & 0xFFFFFFFFL) * bound;
                low = product & 0xFFFFFFFFL;
            }
        }
        return (int) (product >>> 32);
    }

    /** Uniform in [origin, bound). */
    @Override
    public int nextInt(int origin, int bound) {
        return origin + nextInt(Math.subtractExact(bound, origin));
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in [origin, bound); origin where both are equal. */
    @Override
    public double nextDouble(double origin, double bound) {
        return origin + nextDouble() * (bound - origin);
    }

    @Override
    public float nextFloat() {
        return (nextLong() >>> 40) * 0x1.0p-24f;
    }

    /** Normally distributed, mean 0, variance 1 (Box and Muller 1958). */
    @Override
    public double nextGaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    @Override
    public boolean nextBoolean() {
        return nextLong() < 0;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
