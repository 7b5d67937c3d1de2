package dev.selfsup.engine;

import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation of a graph with its own gradient and kernel: what {@link Graph#apply} adds. Arrays are contiguous, C order.
 * Implementations are records, so that kernel sets can match on them.
 */
public interface Operation {
    /** Name in messages and profiles. */
    String name();

    /** Shapes of the outputs. */
    List<long[]> shapes(List<long[]> inputs);

    /** Types of the outputs; float32 unless said otherwise. */
    default List<DataType> types(List<DataType> inputs, int outputs) {
        return Collections.nCopies(outputs, DataType.FLOAT);
    }

    /** Number of outputs. */
    default int outputs() {
        return 1;
    }

    /**
     * The gradients of the inputs.
     *
     * @param graph where to add operations
     * @param in inputs
     * @param out outputs
     * @param gradients per output its gradient, null where it has none
     * @return per input its gradient, null where there is none
     */
    List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients);

    /** A kernel of plain ND4J operations, right on every backend. */
    Kernel plain(INDArray[] in, INDArray[] out);

    /** Whether the output is the input's memory under another shape. */
    default boolean alias() {
        return false;
    }

    /** Whether output i may be written over input i while computing: each of its elements needs only that element of it. */
    default boolean inPlace() {
        return false;
    }

    /** Whether computing it again for the gradients of what follows costs less than keeping its outputs until then. */
    default boolean cheap() {
        return false;
    }
}
