package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.NativeOps;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Classes as unit vectors: int64 [N] to float32 [N, depth], 1 where the column is the class, else 0. No gradient.
 *
 * @param depth number of classes
 */
public record OneHot(int depth) implements Operation {
    @Override
    public String name() {
        return "one_hot";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {in.get(0)[0], depth});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return NativeOps.kernel("onehot", List.of(in[0]), List.of(out[0]), new long[] {-1, depth}, new double[] {1, 0});
    }
}
