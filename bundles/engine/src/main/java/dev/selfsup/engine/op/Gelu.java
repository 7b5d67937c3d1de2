package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gaussian error linear unit, exact: {@code x (1 + erf(x / sqrt 2)) / 2} of any shape. */
public record Gelu() implements Operation {
    @Override
    public String name() {
        return "gelu";
    }

    @Override
    public boolean cheap() {
        return true;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return in;
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(), in.get(0), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.multiply(in[0], distribution(steps, in[0]), out[0]);
        return steps;
    }

    /** The normal distribution function. */
    private static INDArray distribution(Steps steps, INDArray x) {
        INDArray result = steps.multiply(x, Steps.number(Math.sqrt(0.5)));
        steps.erf(result, result);
        steps.add(result, Steps.number(1), result);
        return steps.multiply(result, Steps.number(0.5), result);
    }

    /** Its gradient: x, dy to dx. */
    public record Gradient() implements GradientOperation {
        @Override
        public String name() {
            return "gelu_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return in.subList(0, 1);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            INDArray density = steps.multiply(in[0], in[0]);
            steps.multiply(density, Steps.number(-0.5), density);
            steps.exp(density, density);
            steps.multiply(density, Steps.number(1 / Math.sqrt(2 * Math.PI)), density);
            steps.multiply(density, in[0], density);
            INDArray slope = steps.add(distribution(steps, in[0]), density, density);
            steps.multiply(slope, in[1], out[0]);
            return steps;
        }
    }
}
