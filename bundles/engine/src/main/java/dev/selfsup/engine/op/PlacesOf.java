package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where an array has some value: whole numbers [...] to the places, in C order, of those that equal the value, int64 [count], as {@link GatherRows} takes them. There
 * must be as many as were said when the graph was built ({@link Graph#ones}). No gradient.
 *
 * @param value what is looked for, as 1 for the masked patches of a mask and 0 for the others
 * @param count how many there are
 */
public record PlacesOf(long value, long count) implements Operation {
    /** Where places are written. */
    public interface Target {
        /** Element i of the result. */
        void put(long i, long place);
    }

    @Override
    public String name() {
        return "places_of";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long length = Arrays.stream(in.get(0)).reduce(1, (a, b) -> a * b);
        if (count < 1 || count > length) {
            throw new IllegalArgumentException("a mask of " + Arrays.toString(in.get(0)) + " cannot have " + count + " places of value " + value);
        }
        return List.of(new long[] {count});
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
        return kernel(in[0].length(), in[0]::getLong, (i, place) -> out[0].putScalar(i, (double) place));
    }

    /** The kernel on some memory, for an array of some length. */
    public Kernel kernel(long length, LongUnaryOperator values, Target places) {
        return () -> {
            long found = 0;
            for (long i = 0; i < length; i++) {
                if (values.applyAsLong(i) == value) {
                    if (found < count) {
                        places.put(found, i);
                    }
                    found++;
                }
            }
            if (found != count) {
                throw new IllegalStateException("a mask has " + found + " places of value " + value + ", not the " + count + " that the plan was made for");
            }
        };
    }
}
