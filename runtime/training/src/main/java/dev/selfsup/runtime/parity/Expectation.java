package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.checkpoint.Tensor;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a case expects: the only reader of {@code outputs.npz} and of what {@code case.json} says about results. */
final class Expectation {
    private static final List<String> OPTIONS = List.of("lr", "weight_decay", "momentum", "lars_exclude", "fix_lr");

    private final CaseFolder folder;
    private final JsonNode json;
    private final Map<String, Tensor> outputs;
    private final Map<String, Tensor> initial;
    private final Limits limits;
    private final Map<String, Tensor> got;
    private final Comparison comparison = new Comparison();
    private final Set<String> leftOut = new LinkedHashSet<>();

    private Expectation(CaseFolder folder, Map<String, Tensor> got) {
        this.folder = folder;
        this.json = folder.json();
        this.outputs = folder.outputs();
        this.initial = folder.initial();
        this.limits = new Limits(json, outputs);
        this.got = Partition.named(json.path("notes").asText(), outputs, got);
    }

    /** Compares values with those of a case. */
    static Outcome compare(CaseFolder folder, Map<String, Tensor> got) {
        Expectation expected = new Expectation(folder, got);
        if (expected.json.has("stats")) {
            MaskStatistics.compare(expected.json.get("stats"), expected.outputs, got, expected.comparison);
        } else {
            expected.outputs.keySet().forEach(name -> expected.output(name, twin(name)));
        }
        expected.aliases();
        expected.state();
        expected.gradients();
        expected.groups();
        expected.accuracies();
        return expected.comparison.outcome(expected.leftOut.isEmpty() ? "" : "but for the " + expected.leftOut.size() + " weights within the frozen network's file");
    }

    /** The value that is compared with an output: the losses of all steps are of double precision already. */
    private static String twin(String name) {
        return name.equals("losses5_f64") ? "losses5" : name;
    }

    /** Compares a value that the replay gave under some name with an output. */
    private void output(String name, String given) {
        Tensor expected = outputs.get(name);
        JsonNode entry = json.path("outputs").path(name);
        boolean sampled = entry.path("sampled").asBoolean();
        long[] shape = sampled ? entry.path("full_shape").valueStream().mapToLong(JsonNode::asLong).toArray() : expected.shape();
        int stride = sampled ? entry.path("stride").asInt(1) : 1;
        Tensor value = value(given, shape);
        if (value == null) {
            return;
        }
        if (expected.elements() != (value.elements() + stride - 1) / stride) {
            throw new BrokenCaseException("outputs.npz has " + expected.elements() + " elements of " + name + ", not every "
                    + stride + "th of " + value.elements());
        }
        double[] numbers = value.toDoubles();
        comparison.numbers(given.equals(name) ? name : name + " (" + given + ")", expected.toDoubles(), numbers, stride, limits.elements(name));
        if (sampled && expected.dtype().floating()) {
            double norm = Math.sqrt(Arrays.stream(numbers).map(x -> x * x).sum());
            double limit = limits.of(name) * Math.sqrt(numbers.length);
            comparison.numbers(name + " l2", new double[] {entry.path("l2").asDouble()}, new double[] {norm}, 1, i -> limit);
        }
    }

    /** A value of the replay, null if there is none of that name and shape; a scalar may be [] or [1]. */
    private Tensor value(String name, long[] shape) {
        Tensor value = got.get(name);
        if (value == null) {
            comparison.offend(name + ": the replay gives no such value");
            return null;
        }
        long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        if (!Arrays.equals(value.shape(), shape) && (elements != 1 || value.elements() != 1)) {
            comparison.offend(name + ": got shape " + Arrays.toString(value.shape()) + ", expected " + Arrays.toString(shape));
            return null;
        }
        return value;
    }

    private void aliases() {
        json.path("aliases").properties().forEach(alias -> {
            String target = alias.getValue().asText();
            String name = target.substring(target.indexOf(':') + 1);
            if (target.startsWith("outputs.npz:") && outputs.containsKey(name)) {
                output(name, alias.getKey());
                return;
            }
            Tensor equal = target.startsWith("inputs.npz:") ? folder.inputs().get(name) : target.startsWith("params.npz:") ? initial.get(name) : null;
            if (equal == null) {
                throw new BrokenCaseException("the alias " + alias.getKey() + " means " + target + ", which is not there");
            }
            Tensor value = value(alias.getKey(), equal.shape());
            if (value != null) {
                double limit = Limits.ofInput(equal);
                comparison.numbers(alias.getKey(), equal.toDoubles(), value.toDoubles(), 1, i -> limit);
            }
        });
    }

    /** State that the recorded run has left as it was. */
    private void state() {
        json.path("state_unchanged_after_step1").forEach(name -> unchanged("after1/" + name.asText(), name.asText()));
        if (json.path("kind").asText().equals("component")) {
            got.keySet().stream().filter(name -> name.startsWith("after/") && !outputs.containsKey(name))
                    .forEach(name -> unchanged(name, name.substring("after/".length())));
        }
    }

    /** Whether a weight is one of a network in a file beside the graph, of which only the outputs can be compared. */
    private boolean leftOut(String name) {
        boolean left = got.containsKey(FrozenNetworks.MARK) && name.startsWith("target_generator.");
        if (left) {
            leftOut.add(name);
        }
        return left;
    }

    /** Whether a weight belongs to a target generator that is frozen here; the reference leaves it trainable, but gives it no gradient either. */
    private boolean frozenTarget(String name) {
        return name.startsWith("target_generator.") && got.containsKey("frozen/" + name);
    }

    private void unchanged(String given, String name) {
        if (leftOut(name)) {
            return;
        }
        Tensor before = initial.get(name);
        if (before == null) {
            throw new BrokenCaseException("the initial state has no " + name);
        }
        Tensor after = value(given, before.shape());
        if (after != null) {
            comparison.numbers(given + " (unchanged)", before.toDoubles(), after.toDoubles(), 1, i -> 0);
        }
    }

    /** What is trained: every gradient that the replay gives is recorded, and the same weights get none. */
    private void gradients() {
        got.keySet().stream().filter(name -> name.startsWith("grad/") && !outputs.containsKey(name) && !json.path("aliases").has(name))
                .forEach(name -> comparison.offend(name + ": the recorded run gives this weight no gradient"));
        if (json.has("params_without_grad")) {
            Set<String> expected = new LinkedHashSet<>();
            json.get("params_without_grad").valueStream().map(JsonNode::asText).filter(name -> !leftOut(name) && !frozenTarget(name))
                    .forEach(name -> expected.add("params_without_grad/" + name));
            got.keySet().stream().filter(name -> name.startsWith("params_without_grad/") && !expected.remove(name))
                    .forEach(name -> comparison.offend(name + ": the recorded run gives this weight a gradient"));
            expected.forEach(name -> comparison.offend(name + ": the replay gives this weight a gradient, or has it not"));
        }
    }

    private void groups() {
        JsonNode groups = json.path("param_groups");
        Set<String> named = new LinkedHashSet<>();
        if (groups.isArray()) {
            groups.forEach(group -> group.path("names").forEach(name -> options(name.asText(), group, named)));
        } else {
            groups.properties().forEach(entry -> options(entry.getKey(), entry.getValue(), named));
        }
        if (!groups.isMissingNode()) {
            got.keySet().stream().filter(name -> name.startsWith("param_groups/") && name.endsWith("/trained"))
                    .map(name -> name.substring("param_groups/".length(), name.length() - "/trained".length())).filter(name -> !named.contains(name))
                    .forEach(name -> comparison.offend("param_groups: " + name + " is in no recorded group"));
        }
    }

    /** The reference lists weights that are not trained in groups too, where they have no effect. */
    private void options(String parameter, JsonNode options, Set<String> named) {
        named.add(parameter);
        if (got.containsKey("frozen/" + parameter) || leftOut(parameter)) {
            return;
        }
        for (String option : OPTIONS) {
            boolean flag = option.equals("lars_exclude") || option.equals("fix_lr");
            String name = "param_groups/" + parameter + "/" + option;
            if ((flag || options.has(option)) && value(name, new long[0]) != null) {
                double expected = flag ? options.path(option).asBoolean() ? 1 : 0 : options.get(option).asDouble();
                comparison.numbers(name, new double[] {expected}, got.get(name).toDoubles(), 1, i -> 1e-12 * Math.abs(expected));
            }
        }
    }

    private void accuracies() {
        json.path("results_top1_top5_percent").properties().forEach(result -> {
            double[] expected = result.getValue().valueStream().mapToDouble(JsonNode::asDouble).toArray();
            Tensor value = value("results/" + result.getKey(), new long[] {expected.length});
            if (value != null) {
                comparison.numbers("results/" + result.getKey(), expected, value.toDoubles(), 1, i -> 1e-9);
            }
        });
    }
}
