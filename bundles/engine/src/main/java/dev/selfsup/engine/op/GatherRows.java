package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows by places that are known only when running: x [R, C] and places int64 [...] of M elements, each from 0 to R - 1, to
 * the rows [M, C], of x's type. A row may be taken several times; its gradient is the sum.
 */
public record GatherRows() implements Operation {
    @Override
    public String name() {
        return "gather_rows";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        if (in.get(0).length != 2) {
            throw new IllegalArgumentException(name() + " takes rows, [R, C], not " + Arrays.toString(in.get(0)));
        }
        return List.of(new long[] {Arrays.stream(in.get(1)).reduce(1, (a, b) -> a * b), in.get(0)[1]});
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return List.of(inputs.get(0));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Arrays.asList(graph.apply(new Gradient(graph.shape(in.get(0))[0]), gradients.get(0), in.get(1)), null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return new Steps().then("gather", List.of(in[0], Views.shaped(in[1], in[1].length())), List.of(out[0]), 0);
    }

    /**
     * Its gradient: dy, places to dx.
     *
     * @param rows rows of x
     */
    public record Gradient(long rows) implements GradientOperation {
        @Override
        public String name() {
            return "gather_rows_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(new long[] {rows, in.get(0)[1]});
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            return new Steps().then("unsorted_segment_sum", List.of(in[0], Views.shaped(in[1], in[1].length())), List.of(out[0]), rows);
        }
    }
}
