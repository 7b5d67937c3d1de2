package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Linear map: x [R, I], weight [O, I] and optionally bias [O] to {@code x weight' + bias}, [R, O]. */
public record Linear() implements Operation {
    @Override
    public String name() {
        return "linear";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] x = in.get(0);
        long[] w = in.get(1);
        if (x.length != 2 || w.length != 2 || x[1] != w[1]) {
            throw new IllegalArgumentException("a linear map of " + Arrays.toString(x) + " by weights " + Arrays.toString(w)
                    + " is not possible: the input must be [R, I], the weight [O, I]");
        }
        return List.of(new long[] {x[0], w[0]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        SDVariable dy = gradients.get(0);
        List<SDVariable> result = new ArrayList<>();
        result.add(graph.apply(new Product(false), dy, in.get(1)));
        result.add(graph.apply(new Product(true), dy, graph.again(in.get(0))));
        if (in.size() > 2) {
            result.add(graph.apply(new ChannelSum(), dy));
        }
        return result;
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.matmul(in[0], false, in[1], true, out[0]);
        if (in.length > 2) {
            steps.add(out[0], Views.shaped(in[2], 1, in[2].length()), out[0]);
        }
        return steps;
    }

    /**
     * Product of two matrices: {@code a b}, or {@code a' b}.
     *
     * @param transposed whether the first is transposed
     */
    public record Product(boolean transposed) implements GradientOperation {
        @Override
        public String name() {
            return transposed ? "linear_dw" : "linear_dx";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(new long[] {in.get(0)[transposed ? 1 : 0], in.get(1)[1]});
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            steps.matmul(in[0], transposed, in[1], false, out[0]);
            return steps;
        }
    }
}
