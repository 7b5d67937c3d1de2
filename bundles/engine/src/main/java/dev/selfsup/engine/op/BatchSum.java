package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Views;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradient of what all sequences share: dy [B, N, C] to its sum over them, [1, N, C]. */
public record BatchSum() implements GradientOperation {
    @Override
    public String name() {
        return "batch_sum";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {1, in.get(0)[1], in.get(0)[2]});
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.sum(in[0], Views.shaped(out[0], in[0].size(1), in[0].size(2)), 0);
        return steps;
    }
}
