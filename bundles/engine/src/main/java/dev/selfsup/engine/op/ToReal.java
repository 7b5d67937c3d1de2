package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whole numbers, as those of a mask, as real ones of the same shape. No gradient. */
public record ToReal() implements Operation {
    @Override
    public String name() {
        return "to_real";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(in.get(0));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return () -> out[0].assign(in[0]);
    }
}
