package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import java.util.function.LongUnaryOperator;
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

    /** Where rows are written. */
    public interface Target {
        /** Element i of the result. */
        void put(long i, long row);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return kernel(in[0].shape(), in[0]::getLong, (i, row) -> out[0].putScalar(i, (double) row));
    }

    /** The kernel on some memory, for places [B, L]. */
    public Kernel kernel(long[] shape, LongUnaryOperator places, Target target) {
        long maskToken = shape[0] * (1 + visible);
        return () -> {
            for (long sequence = 0; sequence < shape[0]; sequence++) {
                long classToken = sequence * (1 + visible);
                long row = sequence * (1 + shape[1]);
                target.put(row, classToken);
                for (long patch = 0; patch < shape[1]; patch++) {
                    long place = places.applyAsLong(sequence * shape[1] + patch);
                    target.put(row + 1 + patch, place < visible ? classToken + 1 + place : maskToken);
                }
            }
        };
    }
}
