package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.checkpoint.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * How far values may lie from those of the reference:
 * {@code max(1e-5 * abs_max, 10 * f32_f64_max_abs, 1e-6 * G)} with G the largest {@code abs_max} among the entries of a
 * prefix; exactly equal where they are whole numbers. Two rules are finer: the five losses have limits of their own,
 * and after a first step of Adam, {@code rate * sign(gradient)}, elements whose gradient is noise may differ by two steps.
 */
final class Limits {
    private static final double RELATIVE = 1e-5;
    private static final double TWIN = 10;
    private static final double GROUP = 1e-6;

    private final JsonNode json;
    private final Map<String, Tensor> outputs;
    private final Map<String, Double> largest = new HashMap<>();

    Limits(JsonNode json, Map<String, Tensor> outputs) {
        this.json = json;
        this.outputs = outputs;
        outputs.forEach((name, tensor) -> largest.merge(prefix(name), size(name), Math::max));
    }

    private static String prefix(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    private JsonNode entry(String name) {
        return json.path("outputs").path(name);
    }

    /** Largest absolute value, of the whole tensor where the file holds a sample. */
    private double size(String name) {
        JsonNode recorded = entry(name).path("abs_max");
        if (recorded.isNumber()) {
            return recorded.asDouble();
        }
        return outputs.get(name).dtype().floating() ? largest(outputs.get(name).toDoubles()) : 0;
    }

    static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    }

    /** Largest difference that is allowed anywhere in a tensor. */
    double of(String name) {
        if (!outputs.get(name).dtype().floating()) {
            return 0;
        }
        double twin = entry(name).path("f32_f64_max_abs").asDouble(0);
        return Math.max(Math.max(RELATIVE * size(name), TWIN * twin), GROUP * largest.get(prefix(name)));
    }

    /** The limit of a tensor that is no output but equals an input. */
    static double ofInput(Tensor input) {
        return input.dtype().floating() ? RELATIVE * largest(input.toDoubles()) : 0;
    }

    /** Limits of the elements that the file holds. */
    IntToDoubleFunction elements(String name) {
        JsonNode steps = json.path("tolerance").path("losses5_rel_per_step");
        if (name.startsWith("losses5") && steps.isArray()) {
            double[] losses = outputs.get(name).toDoubles();
            return i -> steps.path(i).asDouble(0) * Math.abs(losses[i]);
        }
        double limit = of(name);
        return adaptive(name).orElse(i -> limit);
    }

    private Optional<IntToDoubleFunction> adaptive(String name) {
        String parameter = name.startsWith("after1/") ? name.substring("after1/".length()) : "";
        Tensor gradient = outputs.get("grad/" + parameter);
        String optimizer = json.at("/optim_wrapper/optimizer/type").asText();
        if (gradient == null || gradient.elements() != outputs.get(name).elements() || !optimizer.matches("(.*[./])?AdamW?")) {
            return Optional.empty();
        }
        double[] values = gradient.toDoubles();
        double noise = GROUP * Math.max(size(gradient.name()), largest.get("grad"));
        double limit = of(name);
        double step = 2 * rate(parameter);
        return Optional.of(i -> Math.abs(values[i]) < noise ? Math.max(limit, step) : limit);
    }

    private double rate(String parameter) {
        for (JsonNode group : json.path("param_groups")) {
            if (group.path("names").valueStream().anyMatch(name -> name.asText().equals(parameter))) {
                return group.path("lr").asDouble();
            }
        }
        return json.at("/optim_wrapper/optimizer/lr").asDouble();
    }

    /** Names of outputs of a prefix. */
    List<String> names(String prefix) {
        return outputs.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    }
}
