package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows from which whole sequences are put together again after masking: places of all patches in the order of
 * {@link RandomMasking}, int64 [B, L], to rows, int64 [B, 1 + L], of a table that has a class token and V visible patches for each
 * sequence, and behind them all a mask token: rows {@code b (1 + V) ... b (1 + V) + V} and {@code B (1 + V)}. No gradient.
 *
 * @param visible number V of visible patches of a sequence
 */
public record MaskedPlaces(long visible) implements Operation {
    @Override
    public String name() {
        return "masked_places";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {in.get(0)[0], 1 + in.get(0)[1]});
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
        long batch = in[0].size(0);
        long length = in[0].size(1);
        long maskToken = batch * (1 + visible);
        return () -> {
            for (long sequence = 0; sequence < batch; sequence++) {
                long classToken = sequence * (1 + visible);
                long row = sequence * (1 + length);
                out[0].putScalar(row, (double) classToken);
                for (long patch = 0; patch < length; patch++) {
                    long place = in[0].getLong(sequence * length + patch);
                    out[0].putScalar(row + 1 + patch, (double) (place < visible ? classToken + 1 + place : maskToken));
                }
            }
        };
    }
}
