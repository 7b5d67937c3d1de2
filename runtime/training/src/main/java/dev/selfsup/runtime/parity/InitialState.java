package dev.selfsup.runtime.parity;

import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Weights;
import dev.selfsup.runtime.model.ModelState;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gives a model the state that a case begins with. */
final class InitialState {
    private InitialState() {}

    /** Makes the queues that in runs are made by a hook, as that of SwAV's loss. */
    static void declareQueues(Weights weights, Recording recording) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        recording.initial().values().stream().filter(tensor -> tensor.name().equals("queue") || tensor.name().endsWith(".queue"))
                .forEach(tensor -> graph.buffer(tensor.name(), DataType.FLOAT, Fill.ZEROS, tensor.shape()));
    }

    /**
     * Loads the state by its names.
     *
     * @param weights allocated weights of the model
     * @param recording the case; its {@code params_omitted} names weights whose first value does not matter
     * @throws BrokenCaseException if the model has other weights than the case
     */
    static void load(Weights weights, Recording recording) {
        Map<String, Tensor> initial = recording.initial();
        Set<String> missing = new TreeSet<>(weights.state().keySet());
        missing.removeAll(initial.keySet());
        recording.description().path("params_omitted").forEach(omitted ->
                missing.removeIf(name -> name.equals(omitted.asText()) || name.startsWith(omitted.asText())));
        if (!missing.isEmpty()) {
            throw new BrokenCaseException("the model has weights that the case has not: " + missing);
        }
        weights.state().forEach((name, array) -> read(initial.get(name), name, array));
    }

    private static void read(Tensor tensor, String name, INDArray array) {
        if (tensor == null) {
            return;
        }
        if (!Arrays.equals(tensor.shape(), array.shape()) && (tensor.elements() != 1 || array.length() != 1)) {
            throw new BrokenCaseException("the model's " + name + " is " + Arrays.toString(array.shape()) + ", the case's "
                    + Arrays.toString(tensor.shape()));
        }
        ModelState.read(tensor, array);
    }
}
