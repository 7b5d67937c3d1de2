package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.config.Config;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Weights;
import dev.selfsup.runtime.model.Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Groups of the weights of a whole model: the config that a case names, from a folder {@code configs} beside or above it or from those that are shipped, is built for two images as its own pipeline makes them, but gets no
 * memory, and its weights are grouped by the case's {@code optim_wrapper}.
 */
record GroupsReplay(InstalledTypes types) implements Replay {
    private static final int IMAGES = 2;
    private static final int SIDE = 256;

    /** Steps from an image to what the model sees. */
    record Pipeline(List<Transform> steps) {}

    @Override
    public Optional<String> obstacle(Recording recording) {
        Optional<JsonNode> config = config(recording);
        if (config.isEmpty()) {
            return Optional.of("there is no config " + recording.part("config").asText() + " below a folder configs beside or above the case, nor among the shipped ones");
        }
        return types.obstacle(config.get().path("model")).or(() -> types.obstacle(steps(config.get()))).or(() -> types.obstacle(recording.part("optim_wrapper")));
    }

    private static Optional<JsonNode> config(Recording recording) {
        String name = recording.part("config").asText();
        Stream<Path> folders = Stream.of(recording.folder(), Path.of(System.getProperty("selfsup.root", ".")));
        return folders.flatMap(folder -> Stream.of(".json", ".yaml").flatMap(ending -> CaseFolder.nearest(folder, "configs/" + name + ending).stream())).findFirst()
                .map(file -> CaseFolder.text(Config.load(file, List.of()).toJson()));
    }

    /** The pipeline without what reads the image. */
    private static JsonNode steps(JsonNode config) {
        JsonNode pipeline = config.at("/train_dataloader/dataset/pipeline");
        return JsonNodeFactory.instance.arrayNode().addAll(pipeline.valueStream().skip(1).toList());
    }

    /** The model without the rules for first values, which may name files of weights. */
    private static JsonNode model(JsonNode config) {
        JsonNode model = config.get("model").deepCopy();
        for (String rule : List.of("init_cfg", "pretrained")) {
            model.findParents(rule).forEach(module -> ((ObjectNode) module).remove(rule));
        }
        return model;
    }

    private static String scope(JsonNode config) {
        return config.path("default_scope").asText("mmselfsup");
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        JsonNode config = config(recording).orElseThrow();
        Algorithm algorithm = types.bind(model(config), Algorithm.class, scope(config));
        Weights weights = new Weights(0);
        build(algorithm, weights, sample(config));
        List<Parameter> trained = weights.outline();
        OptimWrapper wrapper = types.bind(recording.part("optim_wrapper"), OptimWrapper.class);
        double momentum = recording.part("optim_wrapper").path("optimizer").path("momentum").asDouble(0);
        Values values = new Values();
        for (ParamGroup group : wrapper.paramGroups().groups(wrapper.optimizer(), trained)) {
            group.parameters().forEach(name -> AlgorithmReplay.options(values, name, group, momentum));
        }
        Set<String> frozen = new HashSet<>(weights.names());
        trained.forEach(parameter -> frozen.remove(parameter.name()));
        frozen.forEach(name -> values.put("frozen/" + name, 1));
        return values.tensors();
    }

    private Sample sample(JsonNode config) {
        Sample sample = new Sample(0, Path.of("image.png"), OptionalInt.of(0));
        sample.setImages(Image.create(SIDE, SIDE, 3));
        sample.fields().put("clustering_label", new Sample.Field(new double[] {0}, true));          // what the hook of DeepCluster gives
        Pipeline pipeline = types.bind(JsonNodeFactory.instance.objectNode().set("steps", steps(config)), Pipeline.class, scope(config));
        pipeline.steps().forEach(step -> step.apply(sample, SampleRandom.of(0)));
        return sample;
    }

    private static void build(Algorithm algorithm, Weights weights, Sample sample) {
        List<long[]> views = algorithm.dataPreprocessor().shapes(sample.images()).stream().map(shape -> DataPreprocessor.shape(IMAGES, shape)).toList();
        Map<String, Model.Field> fields = new LinkedHashMap<>();
        sample.fields().forEach((name, field) -> fields.put(name, new Model.Field(
                LongStream.concat(LongStream.of(IMAGES), Arrays.stream(field.shape()).asLongStream()).toArray(), field.integer(), OptionalLong.of(IMAGES * field.ones()))));
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        algorithm.loss(graph, Model.inputs(graph, views, fields));
    }
}
