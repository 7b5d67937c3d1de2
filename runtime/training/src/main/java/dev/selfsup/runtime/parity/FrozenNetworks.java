package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.checkpoint.Tensor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the frozen network of a case beside the graph: what it makes of the case's images becomes further inputs. */
final class FrozenNetworks {
    /** A value that a replay gives where a network beside the graph stands for a target generator: its weights are in the network's file then. */
    static final String MARK = "frozen_network/target_generator";

    private FrozenNetworks() {}

    /** The results of a frozen network on recorded images, as the network gives them. */
    static Map<FrozenNetwork.Output, Tensor> results(FrozenNetwork network, Tensor images) {
        int[] shape = Arrays.stream(images.shape()).skip(1).mapToInt(Math::toIntExact).toArray();
        int size = Math.toIntExact(images.shape()[0]);
        Map<FrozenNetwork.Output, Tensor> results = new LinkedHashMap<>();
        try (FrozenNetwork.Session session = network.open(new FrozenNetwork.Images(shape, Optional.empty(), true), words -> { })) {
            List<FrozenNetwork.Output> outputs = session.outputs();
            List<float[]> values = outputs.stream().map(output -> new float[size * output.length()]).toList();
            session.compute(images.toFloats(), size, values);
            for (int i = 0; i < outputs.size(); i++) {
                results.put(outputs.get(i), tensor(outputs.get(i), size, values.get(i)));
            }
        }
        return results;
    }

    private static Tensor tensor(FrozenNetwork.Output output, int size, float[] values) {
        long[] shape = new long[output.shape().length + 1];
        shape[0] = size;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = output.shape()[i - 1];
        }
        if (!output.integer()) {
            return Tensor.of(output.field(), FloatBuffer.wrap(values), shape);
        }
        long[] indices = new long[values.length];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = (long) values[i];
        }
        return Tensor.of(output.field(), indices, shape);
    }

    /** A case of an algorithm with the results of its frozen network among the inputs; as it is where there is none. */
    static Recording complete(Recording recording, InstalledTypes types) {
        if (types.bind(recording.part("model"), Algorithm.class).targets().isEmpty()) {
            return recording;
        }
        String name = recording.part("onnx").asText();
        Path file = CaseFolder.nearest(recording.folder(), name).orElseThrow(() -> new BrokenCaseException("there is no " + name + " beside or above the case"));
        ObjectNode description = recording.description().deepCopy();
        ((ObjectNode) description.path("model").path("target_generator")).put("onnx", file.toString());
        Algorithm.Targets targets = types.bind(description.path("model"), Algorithm.class).targets().orElseThrow();
        Map<String, Tensor> inputs = new LinkedHashMap<>(recording.inputs());
        results(targets.network(), recording.input("inputs." + targets.view())).forEach((output, tensor) -> inputs.put(output.field(), tensor));
        return new Recording(recording.folder(), description, inputs, recording.initial());
    }
}
