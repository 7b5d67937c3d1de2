package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of every row with rows of a table by places that are known only when running: x [N, C], table [R, C] and places int64 [N * K], each from 0 to
 * R - 1, to {@code y[n, k] = x[n] table[places[n K + k]]}, [N, K]. The rows of one n at a time are taken, [K, C]; all of them, [N, K, C], would be 1 GB for
 * NPID's 32 images and 65536 negatives. The gradient flows to x alone.
 */
public record GatherProducts() implements Operation {
    @Override
    public String name() {
        return "gather_products";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] x = in.get(0);
        long[] table = in.get(1);
        long[] places = in.get(2);
        if (x.length != 2 || table.length != 2 || x[1] != table[1] || places.length != 1 || places[0] % x[0] != 0) {
            throw new IllegalArgumentException(name() + " takes rows [N, C], a table [R, C] and places [N * K], not "
                    + in.stream().map(Arrays::toString).toList());
        }
        return List.of(new long[] {x[0], places[0] / x[0]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Arrays.asList(graph.apply(new Gradient(), gradients.get(0), in.get(1), in.get(2)), null, null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        long columns = in[0].size(1);
        long count = out[0].size(1);
        Steps steps = new Steps();
        INDArray taken = Steps.temporary(count, columns);
        for (long n = 0; n < in[0].size(0); n++) {
            steps.then("gather", List.of(in[1], Views.at(in[2], n * count, count)), List.of(taken), 0);
            steps.matmul(taken, false, Views.at(in[0], n * columns, columns, 1), false, Views.at(out[0], n * count, count, 1));
        }
        return steps;
    }

    /** Its gradient: dy [N, K], table, places to dx [N, C]. */
    public record Gradient() implements GradientOperation {
        @Override
        public String name() {
            return "gather_products_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(new long[] {in.get(0)[0], in.get(1)[1]});
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            long columns = out[0].size(1);
            long count = in[0].size(1);
            Steps steps = new Steps();
            INDArray taken = Steps.temporary(count, columns);
            for (long n = 0; n < out[0].size(0); n++) {
                steps.then("gather", List.of(in[1], Views.at(in[2], n * count, count)), List.of(taken), 0);
                steps.matmul(Views.at(in[0], n * count, 1, count), false, taken, false, Views.at(out[0], n * columns, 1, columns));
            }
            return steps;
        }
    }
}
