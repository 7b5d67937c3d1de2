package dev.selfsup.memory.simplememory;

import java.util.random.RandomGenerator;

/** The batch's images themselves. */
record Own() implements BankIndex {
    @Override
    public void fill(double[] values, float[] index, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = index[i];
        }
    }
}
