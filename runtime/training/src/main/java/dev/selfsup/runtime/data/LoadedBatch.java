package dev.selfsup.runtime.data;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import java.util.List;

/**
 * A batch in memory, valid until the next one is asked for.
 *
 * @param inputs per input of the model its values, [size, shape] from the beginning; longer arrays hold more
 * @param shapes per input that of a sample, [C, H, W] or [R, C, H, W]
 * @param samples the samples, with their fields
 * @param epoch the pass that it belongs to
 */
public record LoadedBatch(List<float[]> inputs, List<int[]> shapes, List<Sample> samples, int epoch) {
    /** Number of samples. */
    public int size() {
        return samples.size();
    }

    /** Shape of an input, [N, C, H, W], or [R * N, C, H, W] where every sample gives R rows. */
    public long[] shape(int input) {
        return DataPreprocessor.shape(size(), shapes.get(input));
    }
}
