package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.layers.MomentumEncoder;
import dev.selfsup.layers.MovingAverage;
import dev.selfsup.layers.MovingAverage.CosineEMA;
import dev.selfsup.layers.MovingAverage.ExponentialMovingAverage;
import dev.selfsup.runtime.model.ModelState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Replays updates of a momentum encoder, {@code util_ema*} and {@code util_cosine_ema*}: it begins as {@code init/}, follows {@code src0/}, {@code src1/},
 * ..., and is then {@code ema0/}, {@code ema1/}, .... Options stand in the case, in its {@code args} or in its notes.
 */
record AverageReplay(Updates updates) implements Replay {
    private static final String COPY = "ema.module.0.";

    @Override
    public Optional<String> obstacle(Recording recording) {
        return Optional.empty();
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        Weights weights = new Weights(0);
        Graph graph = new Graph(weights, true, Collectives.SINGLE, new Graph.Run((long) option(recording, "max_iters", 0), updates));
        List<String> names = recording.inputs().keySet().stream().filter(n -> n.startsWith("init/")).map(n -> n.substring("init/".length())).toList();
        names.forEach(name -> state(graph.in("source"), name, recording));
        Graph copy = MomentumEncoder.follow(graph.in("ema"), average(recording), graph.in("source"));
        names.forEach(name -> state(copy.in("0"), name, recording));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of()), Kernels.PLAIN);
        names.forEach(name -> ModelState.read(recording.input("init/" + name), weights.array(COPY + name)));
        Values values = new Values();
        for (int update = 0; recording.inputs().containsKey("src" + update + "/" + names.get(0)); update++) {
            for (String name : names) {
                ModelState.read(recording.input("src" + update + "/" + name), weights.array("source." + name));
            }
            plan.run();
            for (String name : names) {
                values.put("ema" + update + "/" + name, weights.array(COPY + name));
            }
        }
        return values.tensors();
    }

    private static void state(Graph graph, String name, Recording recording) {
        Tensor tensor = recording.input("init/" + name);
        if (name.contains("running_") || !tensor.dtype().floating()) {
            graph.buffer(name, tensor.dtype().floating() ? DataType.FLOAT : DataType.INT64, Fill.ZEROS, tensor.shape());
        } else {
            graph.weight(name, LayerType.NONE, Fill.ZEROS, tensor.shape());
        }
    }

    private static MovingAverage average(Recording recording) {
        int interval = (int) option(recording, "interval", 1);
        if (recording.part("name").asText().contains("cosine")) {
            double momentum = option(recording, "momentum", option(recording, "base_momentum", 0.996));
            return new CosineEMA(momentum, option(recording, "end_momentum", 1), interval);
        }
        return new ExponentialMovingAverage(option(recording, "momentum", option(recording, "weight of the new value", 0.0002)), interval);
    }

    private static double option(Recording recording, String key, double otherwise) {
        JsonNode description = recording.description();
        JsonNode given = description.path("args").has(key) ? description.path("args").get(key) : description.path(key);
        if (given.isNumber()) {
            return given.asDouble();
        }
        Matcher noted = Pattern.compile("(?<![a-z_])" + key + "\\s*=?\\s*([0-9][0-9.e-]*)").matcher(description.path("notes").asText());
        return noted.find() ? Double.parseDouble(noted.group(1)) : otherwise;
    }
}
