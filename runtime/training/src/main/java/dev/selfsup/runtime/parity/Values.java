package dev.selfsup.runtime.parity;

import dev.selfsup.checkpoint.DType;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.runtime.model.ModelState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Values that a replay has computed, copied when they are put. */
final class Values {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** Puts a copy of an array. */
    void put(String name, INDArray array) {
        if (array.dataType() == DataType.DOUBLE) {
            put(name, array.dup('c').data().asDouble(), array.shape());
            return;
        }
        tensors.put(name, array.dataType() == DataType.FLOAT
                ? Tensor.of(name, FloatBuffer.wrap(HostCopy.read(array)), array.shape())
                : ModelState.tensor(name, array));
    }

    /** Puts numbers of double precision. */
    void put(String name, double[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        tensors.put(name, Tensor.of(name, DType.F64, bytes, shape));
    }

    /** Puts one number. */
    void put(String name, double value) {
        put(name, new double[] {value});
    }

    /** Puts copies of all arrays of a model's state. */
    void putAll(String prefix, Map<String, INDArray> state) {
        state.forEach((name, array) -> put(prefix + name, array));
    }

    void put(Tensor tensor) {
        tensors.put(tensor.name(), tensor);
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }
}
