package dev.selfsup.engine.op;

import java.util.Arrays;

/**
 * Batch normalisation by the statistics of the batch: x [N, C] or [N, C, H, W], optionally weight [C] and bias [C], to
 * y, mean [C] and biased variance [C]. Gradients flow through y alone.
 *
 * @param epsilon added to the variance
 */
public record BatchNorm(double epsilon) implements Normalization {
    @Override
    public String name() {
        return "batch_norm";
    }

    @Override
    public Parts parts(long[] shape) {
        long[] channels = channels(shape);
        return new Parts(shape, ChannelSum.othersThanChannels(shape.length), channels, channels);
    }

    /** Shape of an array of one number a channel, beside an array of the given shape. */
    static long[] channels(long[] shape) {
        long[] channels = new long[shape.length];
        Arrays.fill(channels, 1);
        channels[1] = shape[1];
        return channels;
    }
}
