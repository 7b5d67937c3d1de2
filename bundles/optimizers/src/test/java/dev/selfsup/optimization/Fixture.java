package dev.selfsup.optimization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A recorded case about optimizers, and flat buffers for its parameters. */
record Fixture(JsonNode info, Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    static final Path COMPONENTS = Path.of(System.getProperty("selfsup.root"), "integration-tests/fixtures/components");

    static Fixture read(String name) throws IOException {
        Path folder = COMPONENTS.resolve(name);
        return new Fixture(new ObjectMapper().readTree(folder.resolve("case.json").toFile()),
                Npz.readAll(folder.resolve("inputs.npz")), Npz.readAll(folder.resolve("outputs.npz")));
    }

    /** Flat buffers that hold some inputs as weights. */
    FlatBuffers buffers(String... names) {
        float[][] values = new float[names.length][];
        long[][] shapes = new long[names.length][];
        for (int i = 0; i < names.length; i++) {
            values[i] = inputs.get(names[i]).toFloats();
            shapes[i] = inputs.get(names[i]).shape();
        }
        return buffers(names, values, shapes);
    }

    static FlatBuffers buffers(String[] names, float[][] values, long[][] shapes) {
        int length = 0;
        for (float[] v : values) {
            length += v.length;
        }
        INDArray weights = Nd4j.zeros(length);
        INDArray gradients = Nd4j.zeros(length);
        List<Parameter> parameters = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < names.length; i++) {
            int end = start + values[i].length;
            INDArray value = FlatBuffers.slice(weights, start, end).reshape('c', shapes[i]);
            value.assign(Nd4j.create(values[i], shapes[i], 'c'));
            INDArray gradient = FlatBuffers.slice(gradients, start, end).reshape('c', shapes[i]);
            parameters.add(new Parameter(names[i], LayerType.NONE, value, gradient));
            start = end;
        }
        return new FlatBuffers(parameters, weights, gradients);
    }

    /** A wrapper whose parameters are all in one group. */
    static OptimWrapper wrapper(Optimizer optimizer, int counts, Optional<OptimWrapper.ClipGrad> clip) {
        return wrapper(optimizer, counts, clip, null);
    }

    /** A wrapper of given groups; null for one group. */
    static OptimWrapper wrapper(Optimizer optimizer, int counts, Optional<OptimWrapper.ClipGrad> clip, List<ParamGroup> groups) {
        return new dev.selfsup.optimizer.optimwrapper.OptimWrapper(new dev.selfsup.optimizer.optimwrapper.OptimWrapper.Config(
                optimizer,
                (o, parameters) -> groups != null ? groups : List.of(new ParamGroup(
                        parameters.stream().map(Parameter::name).toList(), ParamGroup.Options.of(o.lr(), o.weightDecay()))),
                counts, clip));
    }
}
