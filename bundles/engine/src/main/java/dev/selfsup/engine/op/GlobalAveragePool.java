package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Mean over all places: x [N, C, H, W] to [N, C]. */
public record GlobalAveragePool() implements Operation {
    @Override
    public String name() {
        return "global_average_pool";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {in.get(0)[0], in.get(0)[1]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        long[] shape = graph.shape(in.get(0));
        return List.of(graph.apply(new Gradient(shape[2], shape[3]), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.mean(in[0], out[0], 2, 3);
        return steps;
    }

    /**
     * Its gradient: dy [N, C] to dx [N, C, H, W].
     *
     * @param height H
     * @param width W
     */
    public record Gradient(long height, long width) implements GradientOperation {
        @Override
        public String name() {
            return "global_average_pool_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(new long[] {in.get(0)[0], in.get(0)[1], height, width});
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            INDArray share = steps.multiply(in[0], Steps.number(1.0 / (height * width)));
            steps.fill(out[0], 0);
            steps.add(out[0], Views.shaped(share, in[0].size(0), in[0].size(1), 1, 1), out[0]);
            return steps;
        }
    }
}
