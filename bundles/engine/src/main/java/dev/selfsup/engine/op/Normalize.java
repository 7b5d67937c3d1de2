package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows brought to length 1: x [R, C] to {@code x / max(|x|, epsilon)} [R, C], and the divisors [R]. Gradients flow through
 * the first alone.
 *
 * @param epsilon the smallest divisor
 */
public record Normalize(double epsilon) implements Operation {
    @Override
    public String name() {
        return "normalize";
    }

    @Override
    public int outputs() {
        return 2;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        if (in.get(0).length != 2) {
            throw new IllegalArgumentException(name() + " takes rows, [R, C], not an array of " + in.get(0).length + " dimensions");
        }
        return List.of(in.get(0), new long[] {in.get(0)[0]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(epsilon), out.get(0), out.get(1), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.sum(steps.multiply(in[0], in[0]), out[1], 1);
        steps.sqrt(out[1], out[1]);
        steps.maximum(out[1], Steps.number(epsilon), out[1]);
        steps.divide(in[0], Views.shaped(out[1], in[0].size(0), 1), out[0]);
        return steps;
    }

    /**
     * Its gradient: y, divisors, dy to dx. Where the divisor is epsilon it is a constant.
     *
     * @param epsilon the smallest divisor
     */
    public record Gradient(double epsilon) implements GradientOperation {
        @Override
        public String name() {
            return "normalize_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return in.subList(0, 1);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            long rows = in[0].size(0);
            Steps steps = new Steps();
            INDArray along = steps.sum(steps.multiply(in[0], in[2]), Steps.temporary(rows), 1);
            INDArray longer = Steps.temporary(rows);
            steps.subtract(in[1], Steps.number((float) epsilon), longer);
            steps.sign(longer, longer);
            steps.multiply(along, longer, along);
            INDArray part = steps.multiply(in[0], Views.shaped(along, rows, 1));
            steps.subtract(in[2], part, part);
            steps.divide(part, Views.shaped(in[1], rows, 1), out[0]);
            return steps;
        }
    }
}
