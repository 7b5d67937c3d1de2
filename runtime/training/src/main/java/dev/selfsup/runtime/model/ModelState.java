package dev.selfsup.runtime.model;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Weights;
import dev.selfsup.weights.ReadWeights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays of the engine as tensors of a file and back. */
public final class ModelState {
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
     * Takes over the state of a model from a checkpoint.
     *
     * @param weights all allocated
     * @param checkpoint see {@link #load(Weights, Set, Checkpoint, boolean, Consumer)}
     * @throws UsageException if names are missing or left over or shapes differ, with a list of the differences
     */
    public static void load(Weights weights, Checkpoint checkpoint) {
        load(weights, Set.of(), checkpoint, false, line -> { });
    }

    /**
     * Takes over weights by their names, be they of OpenMMLab, torchvision, timm, MAE or MoCo, and says as whose they were read.
     *
     * @param model all allocated; counters that the checkpoint lacks, and index tables of other windows, stay what they are
     * @param kept names of the model that stay what they are
     * @param checkpoint weights; what the model has no module for is left alone
     * @param allowMissing whether weights that the checkpoint lacks, and weights of the same modules that the model lacks, are no mistake
     * @param messages told, a line each, what was read and, where that is allowed, what was not
     * @throws UsageException if names are missing or left over or shapes differ, with a list of the differences
     */
    public static void load(Weights model, Set<String> kept, Checkpoint checkpoint, boolean allowMissing, Consumer<String> messages) {
        Map<String, INDArray> target = new LinkedHashMap<>(model.state());
        target.keySet().removeAll(kept);
        boolean own = !checkpoint.metadata().isEmpty();
        ReadWeights weights = own ? ReadWeights.same(checkpoint.tensors()) : ReadWeights.of(checkpoint.tensors());
        LoadedWeights found = new LoadedWeights("checkpoint " + checkpoint.path() + weights.readAs(), !own);
        target.forEach((name, array) -> {
            Optional<Tensor> tensor = weights.fitted(name, array.shape());
            if (tensor.isPresent() && fits(tensor.get(), array)) {
                found.matched(name);
            } else if (tensor.isPresent()) {
                found.different(name, tensor.get().shape(), array.shape());
            } else if (own && !weights.has(name) || array.dataType().isFPType()) {
                found.missing(name);
            }
        });
        found.left(weights.left(model.stateDict().keySet()));
        found.check(allowMissing, messages, "give the config that it was trained with (it stands in the checkpoint's folder as config.yaml)");
        found.matched().forEach(name -> read(weights.fitted(name, target.get(name).shape()).orElseThrow(), target.get(name)));
    }

    private static boolean fits(Tensor tensor, INDArray array) {
        return Arrays.equals(tensor.shape(), array.shape()) || tensor.elements() == 1 && array.length() == 1;
    }
}
