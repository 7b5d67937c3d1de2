package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.NativeOps;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where every row is largest: x [N, C] to columns int64 [N], the first of equal ones. No gradient. */
public record ArgMax() implements Operation {
    @Override
    public String name() {
        return "arg_max";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        if (in.get(0).length != 2) {
            throw new IllegalArgumentException(name() + " takes rows, [N, C], not an array of " + in.get(0).length + " dimensions");
        }
        return List.of(new long[] {in.get(0)[0]});
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return List.of(DataType.INT64);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return NativeOps.kernel("argmax", List.of(in[0]), List.of(out[0]), new long[] {1}, new double[0]);
    }
}
