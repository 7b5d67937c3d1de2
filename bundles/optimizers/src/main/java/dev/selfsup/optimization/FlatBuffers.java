package dev.selfsup.optimization;

import dev.selfsup.engine.Parameter;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The trained weights of a model in memory.
 *
 * @param parameters the weights, views on the buffers, in the order in which they lie there
 * @param weights all weights, float32 [P]
 * @param gradient gradients of all weights, laid out alike, float32 [P]
 */
public record FlatBuffers(List<Parameter> parameters, INDArray weights, INDArray gradient) {
    /** Copies the list. */
    public FlatBuffers {
        parameters = List.copyOf(parameters);
    }

    /** Position of a parameter's first element. */
    long start(Parameter parameter) {
        return parameter.value().offset() - weights.offset();
    }

    /** Position after a parameter's last element. */
    long end(Parameter parameter) {
        return start(parameter) + parameter.value().length();
    }

    /** A buffer of zeros, laid out like the weights. */
    INDArray like() {
        return Nd4j.create(weights.dataType(), weights.length());
    }

    /** A parameter's part of a buffer, in the parameter's shape. */
    INDArray view(INDArray buffer, Parameter parameter) {
        return slice(buffer, start(parameter), end(parameter)).reshape('c', parameter.value().shape());
    }

    /** A part of a buffer, one-dimensional. */
    static INDArray slice(INDArray buffer, long start, long end) {
        return buffer.get(NDArrayIndex.interval(start, end));
    }
}
