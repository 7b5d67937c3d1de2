package dev.selfsup.memory.aliasmethod;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * Draws outcomes by their probabilities in constant time, whatever their number (Walker 1977): one of the outcomes is chosen evenly, and kept with a probability
 * of its own, else its alias is taken. Computed in single precision, as the reference does, so that its tables are the same.
 */
public final class AliasMethod {
    private final float[] keep;
    private final int[] alias;

    private AliasMethod(float[] keep, int[] alias) {
        this.keep = keep;
        this.alias = alias;
    }

    /**
     * The tables for outcomes of some weights.
     *
     * @param weights by outcome, not negative; they are divided by their sum where it is above 1
     */
    public static AliasMethod of(float... weights) {
        int count = weights.length;
        float[] keep = new float[count];
        int[] alias = new int[count];
        double total = 0;
        for (float weight : weights) {
            total += weight;
        }
        float sum = total > 1 ? (float) total : 1;
        Deque<Integer> smaller = new ArrayDeque<>();
        Deque<Integer> larger = new ArrayDeque<>();
        for (int k = 0; k < count; k++) {
            keep[k] = count * (weights[k] / sum);
            (keep[k] < 1 ? smaller : larger).push(k);
        }
        while (!smaller.isEmpty() && !larger.isEmpty()) {
            int small = smaller.pop();
            int large = larger.pop();
            alias[small] = large;
            keep[large] = keep[large] - 1 + keep[small];                             // what is left of it
            (keep[large] < 1 ? smaller : larger).push(large);
        }
        smaller.forEach(k -> keep[k] = 1);
        larger.forEach(k -> keep[k] = 1);
        return new AliasMethod(keep, alias);
    }

    /** Outcomes that are equally likely. */
    public static AliasMethod even(int count) {
        float[] weights = new float[count];
        java.util.Arrays.fill(weights, 1);
        return of(weights);
    }

    /** Draws an outcome. */
    public int draw(RandomGenerator random) {
        int k = random.nextInt(keep.length);
        return random.nextFloat() < keep[k] ? k : alias[k];
    }

    /** By outcome the probability that it is kept. */
    public float[] keep() {
        return keep.clone();
    }

    /** By outcome the one that is taken instead. */
    public int[] alias() {
        return alias.clone();
    }
}
