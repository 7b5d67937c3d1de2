package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Neck;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Replays one part of a model: its outputs, the gradients of the sum of {@code output * gout}, the state afterwards, and its outputs in evaluation
 * mode from the initial state.
 */
final class ComponentReplay implements Replay.Differentiating {
    private static final String SUM = "sum of outputs times gout";

    private final InstalledTypes types;
    private final Kernels kernels;

    ComponentReplay(InstalledTypes types, Kernels kernels) {
        this.types = types;
        this.kernels = kernels;
    }

    /** How a kind of part is built and applied; lists are numbered even where they have one element. */
    private interface Part {
        Map<String, SDVariable> apply(Graph graph, List<SDVariable> inputs);
    }

    @Override
    public Optional<String> obstacle(Recording recording) {
        if (!recording.description().hasNonNull("config")) {
            return PlainModules.of(recording).isPresent() ? Optional.empty() : Optional.of("no replay for cases like " + recording.part("name").asText());
        }
        if (!recording.part("config").hasNonNull("type")) {
            throw new BrokenCaseException("the config of case.json has no type");
        }
        return types.obstacle(recording.part("config")).or(() -> part(recording).isEmpty()
                ? Optional.of("no replay for components like " + recording.part("config").path("type").asText()) : Optional.empty());
    }

    private Optional<Part> part(Recording recording) {
        JsonNode config = recording.part("config");
        return types.ids(config.path("type").asText()).stream().map(id -> switch (id.kind()) {
            case "backbone" -> (Part) (graph, in) -> numbered(backbone(types.bind(config, Backbone.class).build(graph), in));
            case "neck" -> (Part) (graph, in) -> numbered(types.bind(config, Neck.class).build(graph).apply(in));
            case "head" -> (Part) (graph, in) -> head(types.bind(config, Head.class).build(graph), in, scored(recording));
            case "loss" -> (Part) (graph, in) -> named(types.bind(config, Loss.class).build(graph).apply(in));
            default -> null;
        }).filter(part -> part != null).findFirst();
    }

    /** Whether a head is called without labels, for the scores of its classifier alone. */
    private static boolean scored(Recording recording) {
        Tensor factor = recording.inputs().get("gout/out");
        return factor != null && factor.elements() > 1;
    }

    /** Features of images; a second input is the mask that hides parts of them, or the importance of their patches. */
    private static List<SDVariable> backbone(Backbone.Network backbone, List<SDVariable> in) {
        return in.size() == 1 ? backbone.apply(in.get(0)) : backbone.apply(in.get(0), in.get(1));
    }

    /** Outputs of a head, behind the loss of a classifier its scores. */
    private static Map<String, SDVariable> head(Head.Network head, List<SDVariable> in, boolean scored) {
        if (scored && head instanceof Head.Classifier classifier) {
            return named(classifier.scores(in));
        }
        List<SDVariable> outputs = new ArrayList<>(head.apply(in));
        if (head instanceof Head.Classifier classifier) {
            outputs.addAll(classifier.scores(in.subList(0, in.size() - 1)));
        }
        return named(outputs);
    }

    private static Map<String, SDVariable> numbered(List<SDVariable> outputs) {
        Map<String, SDVariable> named = new LinkedHashMap<>();
        for (int i = 0; i < outputs.size(); i++) {
            named.put("out." + i, outputs.get(i));
        }
        return named;
    }

    private static Map<String, SDVariable> named(List<SDVariable> outputs) {
        return outputs.size() == 1 ? Map.of("out", outputs.get(0)) : numbered(outputs);
    }

    /** Outputs under the names that the case has: one that is in no list, or lists within a list, whose elements we give one after the other. */
    private static Map<String, SDVariable> asRecorded(Map<String, SDVariable> outputs, Recording recording) {
        List<String> names = recording.inputs().keySet().stream().filter(name -> name.matches("gout/out(\\.\\d+\\.\\d+)?"))
                .map(name -> name.substring("gout/".length())).toList();
        if (names.size() != outputs.size()) {
            return outputs;
        }
        Iterator<SDVariable> values = outputs.values().iterator();
        Map<String, SDVariable> renamed = new LinkedHashMap<>();
        names.forEach(name -> renamed.put(name, values.next()));
        return renamed;
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        return step(recording, DataType.FLOAT);
    }

    @Override
    public Map<String, Tensor> step(Recording recording, DataType precision) {
        Part found = PlainModules.of(recording).<Part>map(module -> (graph, in) -> numbered(module.apply(graph, in, recording)))
                .or(() -> part(recording)).orElseThrow();
        Part part = (graph, inputs) -> asRecorded(found.apply(graph, inputs), recording);
        boolean training = recording.part("mode").asText().equals("train");
        Values values = new Values();
        differentiate(part, recording, new Weights(0, precision), training, values);
        if (training) {
            evaluate(part, recording, new Weights(0, precision), values);
        }
        return values.tensors();
    }

    private void differentiate(Part part, Recording recording, Weights weights, boolean training, Values values) {
        InitialState.declareQueues(weights, recording);
        Graph graph = new Graph(weights, training, Collectives.SINGLE);
        Map<String, SDVariable> outputs = new LinkedHashMap<>(part.apply(graph, inputs(graph, recording)));
        List<String> names = List.copyOf(outputs.keySet());
        SDVariable sum = null;
        for (String name : names) {
            SDVariable product = product(graph, recording, name, outputs.get(name));
            sum = sum == null || product == null ? sum == null ? product : sum : sum.add(product);
        }
        if (sum != null) {
            outputs.put(SUM, sum);
        }
        List<String> differentiable = recording.inputs().entrySet().stream()
                .filter(e -> isInput(e.getKey()) && e.getValue().dtype().floating()).map(Map.Entry::getKey).toList();
        Plan plan = Plan.of(graph, new Plan.Wanted(outputs, sum == null ? "" : SUM, differentiable), kernels);
        run(plan, weights, recording);
        plan.outputs().forEach((name, value) -> {
            if (!name.equals(SUM)) {
                values.put(name, value);
            }
        });
        AlgorithmReplay.gradients(values, weights, plan);
        values.putAll("after/", weights.stateDict());
    }

    /** The part of an output in the sum, null where its gradient was not recorded. */
    private static SDVariable product(Graph graph, Recording recording, String name, SDVariable output) {
        Tensor factor = recording.inputs().get("gout/" + name);
        if (factor == null) {
            return null;
        }
        SDVariable given = graph.input("gout/" + name, DataType.FLOAT, graph.shape(output));
        return output.mul(given).sum();
    }

    private void evaluate(Part part, Recording recording, Weights weights, Values values) {
        InitialState.declareQueues(weights, recording);
        Graph graph = new Graph(weights, false, Collectives.SINGLE);
        Plan plan = Plan.of(graph, Plan.Wanted.values(part.apply(graph, inputs(graph, recording))), kernels);
        run(plan, weights, recording);
        plan.outputs().forEach((name, value) -> values.put("eval/" + name, value));
    }

    private static void run(Plan plan, Weights weights, Recording recording) {
        InitialState.load(weights, recording);
        for (String name : plan.inputs()) {
            recording.feed(name, plan.input(name));
        }
        plan.run();
    }

    private static boolean isInput(String name) {
        return !name.startsWith("gout/") && !name.startsWith("rand/");
    }

    private static List<SDVariable> inputs(Graph graph, Recording recording) {
        List<SDVariable> inputs = new ArrayList<>();
        recording.inputs().forEach((name, tensor) -> {
            if (isInput(name)) {
                inputs.add(graph.input(name, tensor.dtype().floating() ? DataType.FLOAT : DataType.INT64, tensor.shape()));
                AlgorithmReplay.ones(tensor).ifPresent(ones -> graph.tell(name, ones));
            }
        });
        return inputs;
    }
}
