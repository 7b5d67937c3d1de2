package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradient of a bias: dy [N, C] or [N, C, H, W] to its sum over all but the channels, [C]. */
public record ChannelSum() implements GradientOperation {
    @Override
    public String name() {
        return "channel_sum";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {in.get(0)[1]});
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.sum(in[0], out[0], othersThanChannels(in[0].rank()));
        return steps;
    }

    /** All dimensions but the second. */
    static long[] othersThanChannels(int rank) {
        return LongStream.range(0, rank).filter(d -> d != 1).toArray();
    }
}
