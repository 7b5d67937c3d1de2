package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Logarithm of the softmax of rows: x [R, C] to {@code x - log(sum(exp(x)))}. */
public record LogSoftmax() implements Operation {
    @Override
    public String name() {
        return "log_softmax";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        if (in.get(0).length != 2) {
            throw new IllegalArgumentException(name() + " takes rows, [R, C], not an array of " + in.get(0).length + " dimensions");
        }
        return in;
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(), out.get(0), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        long rows = in[0].size(0);
        INDArray largest = steps.largest(in[0], Steps.temporary(rows), 1);
        INDArray below = steps.subtract(in[0], Views.shaped(largest, rows, 1), out[0]);      // at most 0, so that no exponential overflows
        INDArray sum = steps.sum(steps.exp(below, Steps.temporary(below.shape())), Steps.temporary(rows), 1);
        steps.subtract(below, Views.shaped(steps.log(sum, sum), rows, 1), out[0]);
        return steps;
    }

    /** Its gradient: y, dy to dx. */
    public record Gradient() implements GradientOperation {
        @Override
        public String name() {
            return "log_softmax_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return in.subList(0, 1);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            INDArray sum = steps.sum(in[1], Steps.temporary(in[0].size(0)), 1);
            INDArray part = steps.exp(in[0], Steps.temporary(in[0].shape()));
            steps.multiply(part, Views.shaped(sum, in[0].size(0), 1), part);
            steps.subtract(in[1], part, out[0]);
            return steps;
        }
    }
}
