package dev.selfsup.runtime.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.optimization.Optimization;
import dev.selfsup.optimization.Schedules;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Everything of a run that a checkpoint keeps: weights and buffers under their state_dict names, arrays of the optimizer under
 * {@code optimizer/...}, arrays of hooks under {@code hook/<name>/...}, and numbers in the JSON. What a batch or a random choice is follows from seed and
 * iteration, so nothing else is needed to go on exactly.
 *
 * @param model weights and buffers
 * @param optimization optimizer state
 * @param schedules steps of the schedules
 * @param hooks hooks of the run by a name of their own
 */
record RunState(Model model, Optimization optimization, Schedules schedules, Map<String, Hook> hooks) {
    private static final String HOOK = "hook/";

    /** Position of a run. */
    record Position(int epoch, int iteration, long seed) {}

    List<Tensor> tensors(boolean optimizer) {
        List<Tensor> tensors = new ArrayList<>();
        model.weights().stateDict().forEach((name, array) -> tensors.add(ModelState.tensor(name, array)));
        if (optimizer) {
            optimization.state().tensors().forEach((name, array) -> tensors.add(ModelState.tensor(name, array)));
        }
        hooks.forEach((hook, of) -> of.state().tensors()
                .forEach((name, array) -> tensors.add(ModelState.tensor(HOOK + hook + "/" + name, array))));
        return tensors;
    }

    ObjectNode metadata(Position position, String config, boolean optimizer) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("epoch", position.epoch());
        root.put("iteration", position.iteration());
        root.put("seed", position.seed());
        root.put("java", Runtime.version().toString());
        if (optimizer) {
            numbers(root.putObject("optimizer"), optimization.state());
            numbers(root.putObject("schedules"), schedules.state());
        }
        ObjectNode ofHooks = root.putObject("hooks");
        hooks.forEach((name, hook) -> numbers(ofHooks.putObject(name), hook.state()));
        root.put("config", config);
        return root;
    }

    private static void numbers(ObjectNode target, State state) {
        state.numbers().forEach((name, series) -> {
            var array = target.putArray(name);
            for (double value : series) {
                array.add(value);
            }
        });
    }

    /** Puts everything back; the model's weights must be allocated. */
    Position restore(Checkpoint checkpoint) {
        JsonNode root = checkpoint.metadata();
        if (!root.path("optimizer").isObject() || !root.path("iteration").isInt()) {
            throw new UsageException("checkpoint " + checkpoint.path() + " has no optimizer state, so a run cannot go on from it; use load_from to begin "
                    + "a new run with its weights");
        }
        ModelState.load(model.weights(), checkpoint);
        State ofOptimizer = state(checkpoint, "", root.path("optimizer"), optimization.state().tensors());
        optimization.restore(ofOptimizer);
        ofOptimizer.tensors().values().forEach(INDArray::close);          // copied; they are as large as the model, twice for Adam
        schedules.restore(state(checkpoint, "", root.path("schedules"), Map.of()));
        hooks.forEach((name, hook) -> hook.restore(state(checkpoint, HOOK + name + "/", root.path("hooks").path(name), null)));
        return new Position(root.path("epoch").asInt(), root.path("iteration").asInt(), root.path("seed").asLong());
    }

    private static State state(Checkpoint checkpoint, String prefix, JsonNode numbers, Map<String, INDArray> wanted) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        for (String name : checkpoint.tensors().names()) {
            String own = name.startsWith(prefix) ? name.substring(prefix.length()) : null;
            if (own != null && (wanted == null || wanted.containsKey(own))) {
                tensors.put(own, ModelState.array(checkpoint.tensors().tensor(name).orElseThrow()));
            }
        }
        Map<String, double[]> series = new LinkedHashMap<>();
        numbers.fields().forEachRemaining(field -> {
            double[] values = new double[field.getValue().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = number(field.getValue().get(i));
            }
            series.put(field.getKey(), values);
        });
        return new State(tensors, series);
    }

    private static double number(JsonNode node) {
        return node.isNumber() ? node.doubleValue() : Double.parseDouble(node.asText("NaN"));
    }
}
