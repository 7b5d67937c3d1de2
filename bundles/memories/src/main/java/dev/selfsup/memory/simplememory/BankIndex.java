package dev.selfsup.memory.simplememory;

import dev.selfsup.engine.Draw;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.buffer.DataType;

/** Choices of images from a memory, which depend on the places of the batch's images. */
interface BankIndex extends Draw.Source {
    @Override
    default String kind() {
        return "bank_index";
    }

    @Override
    default DataType type() {
        return DataType.INT64;
    }

    @Override
    default void fill(double[] values, RandomGenerator random) {
        throw new IllegalStateException("which images are chosen depends on those of the batch");
    }
}
