package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rectifier: {@code max(x, 0)} of any shape. */
public record Relu() implements Operation {
    @Override
    public String name() {
        return "relu";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return in;
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(), out.get(0), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.maximum(in[0], Steps.number(0), out[0]);
        return steps;
    }

    /** Its gradient: y, dy to dx. */
    public record Gradient() implements GradientOperation {
        @Override
        public String name() {
            return "relu_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return in.subList(0, 1);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            return steps.then("relu_bp", List.of(in[0], in[1]), List.of(out[0]));
        }
    }
}
