package dev.selfsup.memory.simplememory;

import dev.selfsup.memory.aliasmethod.AliasMethod;
import java.util.random.RandomGenerator;

/**
 * Images drawn for each of the batch.
 *
 * @param images draws them
 * @param count images drawn for each
 * @param ensured whether an image is drawn again where it is the one that it is drawn for
 */
record Others(AliasMethod images, int count, boolean ensured) implements BankIndex {
    @Override
    public void fill(double[] values, float[] index, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            do {
                values[i] = images.draw(random);
            } while (ensured && values[i] == index[i / count]);
        }
    }
}
