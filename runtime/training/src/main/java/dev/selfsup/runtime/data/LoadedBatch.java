package dev.selfsup.runtime.data;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.FrozenNetwork;
import java.util.List;

/**
 * A batch in memory, valid until the next one is asked for.
 *
 * @param inputs per input of the model its values, [size, shape] from the beginning; longer arrays hold more
 * @param shapes per input that of a sample, [C, H, W] or [R, C, H, W]
 * @param samples the samples, with their fields
 * @param epoch the pass that it belongs to
 * @param computed what a frozen network has made of it
 */
public record LoadedBatch(List<float[]> inputs, List<int[]> shapes, List<Sample> samples, int epoch, List<Computed> computed) {
    /**
     * Results of a frozen network.
     *
     * @param output what they are
     * @param values [size, ...] from the beginning; longer arrays hold more
     */
    public record Computed(FrozenNetwork.Output output, float[] values) {}

    /** A batch as the loader makes it. */
    public LoadedBatch(List<float[]> inputs, List<int[]> shapes, List<Sample> samples, int epoch) {
        this(inputs, shapes, samples, epoch, List.of());
    }

    /** The same batch with what a frozen network has made of it. */
    LoadedBatch with(List<Computed> targets) {
        return new LoadedBatch(inputs, shapes, samples, epoch, targets);
    }

    /** Number of samples. */
    public int size() {
        return samples.size();
    }

    /** Shape of an input, [N, C, H, W], or [R * N, C, H, W] where every sample gives R rows. */
    public long[] shape(int input) {
        return DataPreprocessor.shape(size(), shapes.get(input));
    }
}
