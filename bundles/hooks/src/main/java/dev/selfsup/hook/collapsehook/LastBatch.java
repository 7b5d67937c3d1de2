package dev.selfsup.hook.collapsehook;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The images of a batch as a dataset, transformed as they are.
 *
 * @param samples the batch
 */
record LastBatch(List<Sample> samples) implements Dataset.Images {
    @Override
    public int size() {
        return samples.size();
    }

    @Override
    public boolean labelled() {
        return false;
    }

    @Override
    public List<String> classes() {
        return List.of();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        return samples.get(index);
    }
}
