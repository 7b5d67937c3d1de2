package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.MultiPooling;
import dev.selfsup.layers.MultiPrototypes;
import dev.selfsup.layers.Sobel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/** Modules that no config makes; a case is called after its module. */
final class PlainModules {
    /** Builds and applies a module. */
    @FunctionalInterface
    interface Module {
        /**
         * Its outputs.
         *
         * @param graph the module's place
         * @param inputs in call order
         * @param recording the case, whose weights and arguments tell the module's size
         */
        List<SDVariable> apply(Graph graph, List<SDVariable> inputs, Recording recording);
    }

    /** By the beginning of the case's name. */
    private static final Map<String, Module> MODULES = Map.of("util_multiprototypes", PlainModules::multiPrototypes,
            "util_multipooling", PlainModules::multiPooling, "util_sobel", (graph, inputs, recording) -> List.of(Sobel.build(graph).apply(inputs.get(0))));

    private PlainModules() {}

    /** The module of a case, if its name is known. */
    static Optional<Module> of(Recording recording) {
        String name = recording.part("name").asText();
        return MODULES.entrySet().stream().filter(module -> name.startsWith(module.getKey())).map(Map.Entry::getValue).findFirst();
    }

    private static List<SDVariable> multiPrototypes(Graph graph, List<SDVariable> inputs, Recording recording) {
        List<Integer> numbers = IntStream.range(0, recording.initial().size())
                .mapToObj(i -> (int) recording.initial().get("prototypes" + i + ".weight").shape()[0]).toList();
        int features = Math.toIntExact(graph.shape(inputs.get(0))[1]);
        return MultiPrototypes.build(graph, features, numbers).apply(inputs.get(0));
    }

    /** The inputs are those of the first stages, unless the case says which. */
    private static List<SDVariable> multiPooling(Graph graph, List<SDVariable> inputs, Recording recording) {
        JsonNode arguments = recording.description().path("args");
        boolean specified = arguments.path("pool_type").asText(recording.part("name").asText()).endsWith("specified");
        List<Integer> stages = new ArrayList<>();
        arguments.path("in_indices").forEach(stage -> stages.add(stage.asInt()));
        IntStream.range(stages.size(), inputs.size()).forEach(stages::add);
        return new MultiPooling(specified ? MultiPooling.Type.SPECIFIED : MultiPooling.Type.ADAPTIVE, stages).apply(graph, inputs);
    }
}
