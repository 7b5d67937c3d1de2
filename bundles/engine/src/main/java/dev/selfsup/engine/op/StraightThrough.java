package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Values that take the place of others: y and x of one shape to y, whose gradient reaches x as it is, and not y. */
public record StraightThrough() implements Operation {
    @Override
    public String name() {
        return "straight_through";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        if (!Arrays.equals(in.get(0), in.get(1))) {
            throw new IllegalArgumentException(name() + " takes arrays of one shape, not " + Arrays.toString(in.get(0)) + " and " + Arrays.toString(in.get(1)));
        }
        return in.subList(0, 1);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Arrays.asList(null, gradients.get(0));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return () -> out[0].assign(in[0]);
    }

    @Override
    public boolean alias() {
        return true;
    }
}
