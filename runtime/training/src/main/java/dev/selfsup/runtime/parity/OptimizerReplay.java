package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.ParamGroups;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.optimization.FlatBuffers;
import dev.selfsup.optimization.Optimization;
import dev.selfsup.runtime.model.ModelState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replays updates of a few weights with given gradients. What a case is follows from its name ({@code optim_adamw}) and its inputs: {@code p} with
 * {@code grad0}, {@code grad1}, ...; {@code p0}, {@code p1}, ... with {@code grad/p0} or {@code grad0/p0}; {@code coef0}, ... for accumulated gradients.
 */
final class OptimizerReplay implements Replay {
    private static final Map<String, String> TYPES = Map.of("sgd", "SGD", "adam", "Adam", "adamw", "AdamW", "lars", "LARS",
            "accumulate", "SGD", "clip", "SGD");
    private static final Pattern NAME = Pattern.compile("optim_([a-z]+)");

    private final InstalledTypes types;
    private final Updates updates;

    OptimizerReplay(InstalledTypes types, Updates updates) {
        this.types = types;
        this.updates = updates;
    }

    @Override
    public Optional<String> obstacle(Recording recording) {
        Matcher name = NAME.matcher(recording.part("name").asText());
        if (!name.lookingAt() || !TYPES.containsKey(name.group(1))) {
            return Optional.of("no replay for " + recording.part("name").asText());
        }
        return types.obstacle(optimizer(recording));
    }

    /** The optimizer's config: the case's arguments, or the learning rate that its notes name. */
    private static ObjectNode optimizer(Recording recording) {
        Matcher name = NAME.matcher(recording.part("name").asText());
        name.lookingAt();
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        if (recording.description().path("args").isObject()) {
            config.setAll((ObjectNode) recording.description().get("args"));
        } else {
            config.put("lr", noted(recording, "lr"));
        }
        return config.put("type", TYPES.get(name.group(1)));
    }

    private static double noted(Recording recording, String key) {
        Matcher value = Pattern.compile(key + "\\s*=\\s*([0-9.e-]*[0-9])").matcher(recording.part("notes").asText());
        if (!value.find()) {
            throw new BrokenCaseException("the notes of the case name no " + key);
        }
        return Double.parseDouble(value.group(1));
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        Weights weights = weights(recording);
        boolean accumulates = recording.inputs().containsKey("coef0");
        int steps = (int) recording.inputs().keySet().stream().map(n -> n.replaceFirst("^(grad|coef)(\\d+).*", "$2")).filter(n -> n.matches("\\d+"))
                .distinct().count();
        Optimization optimization = new Optimization(wrapper(recording, accumulates), new FlatBuffers(weights.parameters(), weights.flat(),
                weights.gradient()), Set.of(), updates, Math.max(steps, 1));
        Values values = new Values();
        if (steps == 0) {
            weights.parameters().forEach(p -> ModelState.read(recording.input("grad/" + p.name()), p.gradient()));
            optimization.step();
            values.putAll("", weights.state());
        }
        for (int step = 0; step < steps; step++) {
            String alone = (accumulates ? "coef" : "grad") + step;
            boolean one = recording.inputs().containsKey(alone);
            weights.parameters().forEach(p -> ModelState.read(recording.input(one ? alone : alone + "/" + p.name()), p.gradient()));
            optimization.step();
            String prefix = one ? "" : "step" + step + "/";
            String suffix = one ? Integer.toString(step) : "";
            weights.parameters().forEach(p -> values.put(prefix + p.name() + suffix, p.value()));
        }
        return values.tensors();
    }

    /** Weights by the case's names, with their first values. */
    private static Weights weights(Recording recording) {
        Weights weights = new Weights(0);
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        List<String> names = recording.inputs().keySet().stream().filter(n -> n.matches("p\\d*")).toList();
        names.forEach(name -> graph.weight(name, LayerType.NONE, Fill.ZEROS, recording.input(name).shape()));
        weights.allocate();
        names.forEach(name -> ModelState.read(recording.input(name), weights.array(name)));
        return weights;
    }

    private OptimWrapper wrapper(Recording recording, boolean accumulates) {
        Optimizer optimizer = types.bind(optimizer(recording), Optimizer.class);
        boolean clips = recording.inputs().keySet().stream().anyMatch(n -> n.startsWith("grad/"));
        Optional<OptimWrapper.ClipGrad> clip = clips ? Optional.of(OptimWrapper.ClipGrad.byNorm(noted(recording, "max_norm"))) : Optional.empty();
        int counts = accumulates ? (int) noted(recording, "accumulative_counts") : 1;
        ParamGroups groups = recording.description().path("groups").isArray() ? given(recording.description().get("groups"))
                : (o, parameters) -> List.of(new ParamGroup(parameters.stream().map(Parameter::name).toList(),
                        ParamGroup.Options.of(o.lr(), o.weightDecay())));
        return new Wrapper(optimizer, groups, counts, clip);
    }

    /** One group a parameter, with the recorded options. */
    private static ParamGroups given(JsonNode options) {
        return (optimizer, parameters) -> {
            List<ParamGroup> groups = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                JsonNode option = options.path(i);
                groups.add(new ParamGroup(List.of(parameters.get(i).name()), new ParamGroup.Options(option.path("lr").asDouble(),
                        option.path("weight_decay").asDouble(), OptionalDouble.empty(), option.path("lars_exclude").asBoolean(), false)));
            }
            return groups;
        };
    }

    private record Wrapper(Optimizer optimizer, ParamGroups paramGroups, int accumulativeCounts, Optional<ClipGrad> clipGrad) implements OptimWrapper {
        @Override
        public boolean amp() {
            return false;
        }
    }
}
