package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A sum and its rectifier in one pass, {@code max(a + b, 0)} of two arrays of one shape: plans put it in the place of the two. */
public record AddRelu() implements GradientOperation {
    @Override
    public String name() {
        return "add_relu";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return in.subList(0, 1);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.maximum(steps.add(in[0], in[1], out[0]), Steps.number(0), out[0]);
        return steps;
    }
}
