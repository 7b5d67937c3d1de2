package dev.selfsup.runtime.data;

import dev.selfsup.api.data.Sample;
import java.util.List;

/**
 * A batch in memory, valid until the next one is asked for.
 *
 * @param inputs per input of the model its values, [size, C, H, W] from the beginning; longer arrays hold more
 * @param shapes per input [C, H, W]
 * @param samples the samples, with their fields
 * @param epoch the pass that it belongs to
 */
public record LoadedBatch(List<float[]> inputs, List<int[]> shapes, List<Sample> samples, int epoch) {
    /** Number of samples. */
    public int size() {
        return samples.size();
    }

    /** Shape of an input, [N, C, H, W]. */
    public long[] shape(int input) {
        int[] sample = shapes.get(input);
        return new long[] {size(), sample[0], sample[1], sample[2]};
    }
}
