package dev.selfsup.runtime.analysis;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.MultiplyAdds;
import dev.selfsup.engine.Weights;
import dev.selfsup.runtime.data.TargetsAhead;
import dev.selfsup.runtime.model.Model;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How large a model is and what a forward pass of its training costs, by its children: {@code backbone}, {@code neck}, {@code head}, ... Its graph is built, but nothing is
 * allocated and nothing computed.
 *
 * @param children by name; a weight at the top is a child of its own
 * @param features multiply-adds of the backbone's features of one image, 0 where they are not known
 * @param image its shape, [C, H, W]
 */
record ParameterCount(Map<String, Child> children, long features, int[] image) {
    private static final int BATCH = 4;
    private static final long ITERATIONS = 1000;
    /** Pixels along a word of DALL-E's tokenizer, and along a patch of CLIP's image tower; the width of CLIP's features. */
    private static final int WORD = 8;
    private static final int PATCH = 16;
    private static final int WIDTH = 512;

    /**
     * A part of a model.
     *
     * @param parameters elements of weights
     * @param trainable those of them that the optimizer changes
     * @param buffers elements of state outside the gradient
     * @param multiplyAdds of the forward pass of its part in the loss, for one image of a batch
     */
    record Child(long parameters, long trainable, long buffers, long multiplyAdds) {
        static final Child NONE = new Child(0, 0, 0, 0);

        Child plus(Child other) {
            return new Child(parameters + other.parameters, trainable + other.trainable, buffers + other.buffers, multiplyAdds + other.multiplyAdds);
        }
    }

    /**
     * Counts.
     *
     * @param algorithm the model
     * @param sample what its pipeline gives
     * @param words told what could not be counted
     */
    static ParameterCount of(Algorithm algorithm, Sample sample, Consumer<String> words) {
        List<int[]> shapes = algorithm.dataPreprocessor().shapes(sample.images());
        try {
            return of(algorithm, shapes, fields(algorithm, sample, shapes, words));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException("model: does not fit images of " + Arrays.toString(shapes.get(0)) + ", or its parts do not fit together: " + e.getMessage());
        }
    }

    private static ParameterCount of(Algorithm algorithm, List<int[]> shapes, Map<String, Model.Field> fields) {
        Weights weights = new Weights(0);
        Graph graph = new Graph(weights, true, Collectives.SINGLE, new Graph.Run(ITERATIONS, Graph.Run.NONE.updates()));
        algorithm.loss(graph, Model.inputs(graph, shapes.stream().map(shape -> DataPreprocessor.shape(BATCH, shape)).toList(), fields));
        Map<String, Child> children = new LinkedHashMap<>();
        weights.declared().forEach(declared -> children.merge(child(declared.name()), of(declared), Child::plus));
        MultiplyAdds.of(graph).forEach((path, count) -> children.merge(child(path), new Child(0, 0, 0, count / BATCH), Child::plus));
        return new ParameterCount(children, features(algorithm, shapes.get(0)), shapes.get(0));
    }

    private static long features(Algorithm algorithm, int... shape) {
        Graph graph = new Graph(new Weights(0), false, Collectives.SINGLE);
        algorithm.extract(graph, graph.input("images", DataType.FLOAT, 1, shape[shape.length - 3], shape[shape.length - 2], shape[shape.length - 1]));
        return MultiplyAdds.of(graph).values().stream().mapToLong(Long::longValue).sum();
    }

    private static String child(String path) {
        return path.contains(".") ? path.substring(0, path.indexOf('.')) : path.isEmpty() ? "loss" : path;
    }

    private static Child of(Weights.Declared declared) {
        long length = declared.length();
        return switch (declared.role()) {
            case TRAINABLE -> new Child(length, length, 0, 0);
            case FROZEN -> new Child(length, 0, 0, 0);
            case BUFFER -> new Child(0, 0, length, 0);
            case SETTING -> Child.NONE;
        };
    }

    private static Map<String, Model.Field> fields(Algorithm algorithm, Sample sample, List<int[]> shapes, Consumer<String> words) {
        Map<String, Model.Field> fields = new LinkedHashMap<>();
        sample.fields().forEach((name, field) -> fields.put(name, new Model.Field(batch(field.shape()), field.integer(), OptionalLong.of((long) BATCH * field.ones()))));
        try (TargetsAhead ahead = TargetsAhead.of(algorithm, line -> { }).orElse(null)) {
            List<FrozenNetwork.Output> outputs = ahead == null ? List.of() : ahead.outputs(shapes);
            outputs.forEach(output -> fields.put(output.field(), Model.Field.of(output.integer(), batch(output.shape()))));
        } catch (UsageException e) {
            if (algorithm.targets().orElseThrow().view() >= shapes.size()) {
                throw e;
            }
            fields.putAll(usual(algorithm.targets().orElseThrow().view(), shapes));
        }
        if (algorithm.targets().isPresent()) {
            words.accept("target_generator is a network in an ONNX file: its weights are not counted");
        }
        return fields;
    }

    /** What networks give that are not there: a tokenizer, which has a view of its own, a word for each place, another one features and attention as CLIP's ViT-B/16. */
    private static Map<String, Model.Field> usual(int view, List<int[]> shapes) {
        int[] shape = shapes.get(view);
        int height = shape[shape.length - 2];
        int width = shape[shape.length - 1];
        if (view > 0) {
            return Map.of("target_generator.0", Model.Field.of(true, BATCH, height / WORD, width / WORD));
        }
        int tokens = 1 + height / PATCH * (width / PATCH);
        return Map.of("target_generator.0", Model.Field.of(false, BATCH, tokens, WIDTH), "target_generator.1", Model.Field.of(false, BATCH, tokens, tokens));
    }

    private static long[] batch(int... shape) {
        long[] all = new long[shape.length + 1];
        all[0] = BATCH;
        for (int i = 0; i < shape.length; i++) {
            all[i + 1] = shape[i];
        }
        return all;
    }

    /** All children together. */
    Child total() {
        return children.values().stream().reduce(Child.NONE, Child::plus);
    }
}
