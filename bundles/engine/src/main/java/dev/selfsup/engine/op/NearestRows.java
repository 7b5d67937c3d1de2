package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What each row of one set is most like in another, within each sample: similarities [N, L, M] to int64 [N, L], for row l of sample n the m of the largest
 * similarity as the row {@code n M + m} of all samples' M rows, as {@link GatherRows} takes it. No gradient.
 */
public record NearestRows() implements Operation {
    @Override
    public String name() {
        return "nearest_rows";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] similarities = in.get(0);
        if (similarities.length != 3) {
            throw new IllegalArgumentException(name() + " takes similarities [N, L, M], not " + Arrays.toString(similarities));
        }
        return List.of(new long[] {similarities[0], similarities[1]});
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
        long samples = in[0].size(0);
        INDArray first = Nd4j.createFromArray(LongStream.range(0, samples).map(n -> n * in[0].size(2)).toArray()).reshape(samples, 1);
        Steps steps = new Steps();
        steps.then("argmax", List.of(in[0]), List.of(out[0]), 2);
        steps.add(out[0], first, out[0]);
        return steps;
    }
}
