package dev.selfsup.runtime.model;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.HostCopy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of the engine as tensors of a file and back. */
public final class ModelState {
    /** Names shown of each sort in a message. */
    private static final int SHOWN = 5;
    /** The hook that averages weights, under which checkpoints keep them. */
    private static final String AVERAGE = "EMAHook";

    private ModelState() {}

    /** A tensor over an array's memory, under some name. */
    public static Tensor tensor(String name, INDArray array) {
        if (array.dataType() == DataType.FLOAT) {
            return Tensor.of(name, HostCopy.buffer(array), array.shape());
        }
        return Tensor.of(name, array.dup('c').data().asLong(), array.shape());
    }

    /** Copies a tensor into an array of the same shape. */
    public static void read(Tensor tensor, INDArray array) {
        if (array.dataType() == DataType.FLOAT) {
            float[] values = tensor.toFloats();
            HostCopy.write(values, values.length, array);
        } else if (array.dataType() == DataType.DOUBLE) {
            array.assign(Nd4j.createFromArray(tensor.toDoubles()).reshape(array.shape()));
        } else {
            array.assign(Nd4j.createFromArray(tensor.toLongs()).reshape(array.shape()));
        }
    }

    /** A new array with the values of a tensor. */
    public static INDArray array(Tensor tensor) {
        INDArray array = tensor.dtype().floating() ? Nd4j.create(DataType.FLOAT, tensor.shape()) : Nd4j.create(DataType.INT64, tensor.shape());
        read(tensor, array);
        return array;
    }

    /**
     * Takes over the weights of a checkpoint by their names.
     *
     * @param target state of a model by name, all allocated
     * @param checkpoint weights by the same names; others are left alone
     * @throws UsageException if names are missing or shapes differ, with a list of the differences
     */
    public static void load(Map<String, INDArray> target, Checkpoint checkpoint) {
        Set<String> missing = new TreeSet<>(target.keySet());
        missing.removeAll(checkpoint.tensors().names());
        List<String> different = new ArrayList<>();
        target.forEach((name, array) -> checkpoint.tensors().tensor(name).ifPresent(tensor -> {
            if (!fits(tensor, array)) {
                different.add(name + ": " + Arrays.toString(tensor.shape()) + " in the checkpoint, " + Arrays.toString(array.shape()) + " in the model");
            }
        }));
        if (!missing.isEmpty() || !different.isEmpty()) {
            throw new UsageException(mismatch(checkpoint, target, missing, different));
        }
        target.forEach((name, array) -> read(checkpoint.tensors().tensor(name).orElseThrow(), array));
    }

    /**
     * Takes over the moving average of weights that a run's EMAHook kept, in place of the weights themselves.
     *
     * @param target state of a model by name, all allocated
     * @return whether the checkpoint has one
     */
    public static boolean loadAverage(Map<String, INDArray> target, Checkpoint checkpoint) {
        if (checkpoint.metadata().path("hooks").path(AVERAGE).path("updates").path(0).asDouble() == 0) {
            return false;
        }
        target.forEach((name, array) -> checkpoint.tensors().tensor("hook/" + AVERAGE + "/" + name).ifPresent(tensor -> read(tensor, array)));
        return true;
    }

    private static boolean fits(Tensor tensor, INDArray array) {
        return Arrays.equals(tensor.shape(), array.shape()) || tensor.elements() == 1 && array.length() == 1;
    }

    private static String mismatch(Checkpoint checkpoint, Map<String, INDArray> target, Set<String> missing, List<String> different) {
        StringBuilder message = new StringBuilder("checkpoint " + checkpoint.path() + " is of another model than the config makes:");
        list(message, "not in the checkpoint", List.copyOf(missing));
        list(message, "of another shape", different);
        Set<String> unused = new TreeSet<>(checkpoint.tensors().names());
        unused.removeAll(target.keySet());
        unused.removeIf(name -> name.startsWith("optimizer/") || name.startsWith("hook/"));
        list(message, "in the checkpoint only", List.copyOf(unused));
        return message + System.lineSeparator() + "  give the config that it was trained with (it stands in the checkpoint's folder as config.yaml)";
    }

    private static void list(StringBuilder message, String title, List<String> names) {
        if (!names.isEmpty()) {
            message.append(System.lineSeparator()).append("  ").append(title).append(" (").append(names.size()).append("): ")
                    .append(String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))).append(names.size() > SHOWN ? ", ..." : "");
        }
    }
}
