package dev.selfsup.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Turns a graph into a plan: adds gradients, drops what is not needed, places arrays, prepares kernels. */
final class PlanBuilder {
    final Graph graph;
    final List<Kernel> kernels = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    final Map<String, INDArray> inputArrays = new LinkedHashMap<>();
    final Map<String, INDArray> outputArrays = new LinkedHashMap<>();
    final List<String> trained = new ArrayList<>();
    long bytes;

    private final SameDiff sd;
    private final Graph.Shared shared;
    private final Kernels set;
    private final Map<String, SDVariable> outputs = new LinkedHashMap<>();
    private final Map<String, SDVariable> weightGradients = new LinkedHashMap<>();
    private final Map<String, SDVariable> newState = new LinkedHashMap<>();
    private final Map<String, String> roots = new HashMap<>();
    private final Map<String, INDArray> memory = new HashMap<>();

    PlanBuilder(Graph graph, Plan.Wanted wanted, Kernels set) {
        this.graph = graph;
        this.shared = graph.shared();
        this.sd = shared.sd;
        this.set = set;
        outputs.putAll(wanted.outputs());
        newState.putAll(shared.assigned);
        newState.putAll(shared.assignedAfter);
        if (!wanted.differentiate().isEmpty()) {
            differentiate(wanted);
        }
    }

    private void differentiate(Plan.Wanted wanted) {
        Set<String> weights = new LinkedHashSet<>(shared.state.keySet());
        weights.removeIf(name -> !shared.weights.isTrainable(name));
        Set<String> variables = new LinkedHashSet<>(weights);
        variables.addAll(wanted.inputs());
        Gradients.add(graph, wanted.outputs().get(wanted.differentiate()), variables).forEach((name, gradient) -> {
            if (weights.contains(name)) {
                weightGradients.put(name, gradient);
                trained.add(name);
            } else {
                outputs.put("grad_input/" + name, gradient);
            }
        });
    }

    Plan build() {
        shared.weights.allocate();
        List<SameDiffOp> operations = needed();
        operations.forEach(this::checkAllowed);
        findRoots(operations);
        bindState(operations);
        bindGradients();
        placeRest(operations);
        prepare(operations);
        copyWhatIsNotBound();
        outputs.forEach((name, variable) -> outputArrays.put(name, array(variable.name())));
        return new Plan(this);
    }

    // What is needed, in order

    private List<SameDiffOp> needed() {
        Map<String, SameDiffOp> producers = new HashMap<>();
        for (SameDiffOp operation : sd.getOps().values()) {
            operation.getOutputsOfOp().forEach(o -> producers.put(o, operation));
        }
        Deque<String> open = new ArrayDeque<>();
        for (Map<String, SDVariable> ends : List.of(outputs, weightGradients, newState)) {
            ends.values().forEach(v -> open.add(v.name()));
        }
        Set<String> found = new HashSet<>();
        while (!open.isEmpty()) {
            SameDiffOp producer = producers.get(open.pop());
            if (producer != null && shapesOnly(producer) == null && found.add(producer.getName())) {
                open.addAll(producer.getInputsToOp());
            }
        }
        return sd.getOps().values().stream().filter(o -> found.contains(o.getName())).toList();
    }

    private INDArray shapesOnly(SameDiffOp operation) {
        return shared.shapes.constant(operation.getOutputsOfOp().get(0));
    }

    private void checkAllowed(SameDiffOp operation) {
        DifferentialFunction function = operation.getOp();
        if (!(function instanceof GraphOp) && !NativeOps.ALLOWED.contains(function.opName())) {
            String path = shared.paths.getOrDefault(operation.getName(), "");
            throw new IllegalArgumentException("operation " + function.opName() + " in module '" + path
                    + "' is not among the operations whose gradient is known to be right: " + NativeOps.ALLOWED.stream().sorted().toList());
        }
    }

    // Memory

    private void findRoots(List<SameDiffOp> operations) {
        for (SameDiffOp operation : operations) {
            DifferentialFunction function = operation.getOp();
            boolean alias = function instanceof GraphOp op ? op.operation().alias() : NativeOps.ALIASES.contains(function.opName());
            if (alias) {
                roots.put(operation.getOutputsOfOp().get(0), root(operation.getInputsToOp().get(0)));
            }
        }
    }

    private String root(String variable) {
        return roots.getOrDefault(variable, variable);
    }

    /** A buffer's new value is computed in its own memory where no later operation needs the old one. */
    private void bindState(List<SameDiffOp> operations) {
        Map<String, Integer> lastRead = new HashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (String input : operations.get(i).getInputsToOp()) {
                lastRead.put(root(input), i);
            }
        }
        for (int i = 0; i < operations.size(); i++) {
            SameDiffOp operation = operations.get(i);
            if (operation.getOp() instanceof GraphOp op && op.operation().inPlace()) {
                for (String output : operation.getOutputsOfOp()) {
                    bindState(output, i, lastRead);
                }
            }
        }
    }

    private void bindState(String output, int producer, Map<String, Integer> lastRead) {
        newState.forEach((name, variable) -> {
            if (variable.name().equals(output) && lastRead.getOrDefault(name, -1) <= producer) {
                memory.put(output, shared.weights.array(name));
            }
        });
    }

    private void bindGradients() {
        Map<String, INDArray> views = new HashMap<>();
        shared.weights.parameters().forEach(p -> views.put(p.name(), p.gradient()));
        weightGradients.forEach((name, gradient) -> {
            String variable = root(gradient.name());
            INDArray view = views.get(name);
            long[] shape = shared.shapes.of(variable);
            boolean own = sd.getVariable(variable).getVariableType() == VariableType.ARRAY;
            if (own && Arrays.stream(shape).reduce(1, (a, b) -> a * b) == view.length()) {
                memory.putIfAbsent(variable, Arrays.equals(shape, view.shape()) ? view : Views.shaped(view, shape));
            }
        });
    }

    private void placeRest(List<SameDiffOp> operations) {
        Map<String, Arena.Block> blocks = new LinkedHashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (String output : operations.get(i).getOutputsOfOp()) {
                if (root(output).equals(output) && !memory.containsKey(output)) {
                    create(output, i, blocks);
                }
            }
            for (String used : operations.get(i).getInputsToOp()) {
                extend(blocks, used, i);
            }
        }
        for (Map<String, SDVariable> ends : List.of(outputs, weightGradients, newState)) {
            ends.values().forEach(v -> extend(blocks, v.name(), operations.size()));
        }
        long length = Arena.place(new ArrayList<>(blocks.values()));
        bytes = length * shared.weights.real().width();
        INDArray arena = length == 0 ? null : Nd4j.createUninitialized(shared.weights.real(), length);
        blocks.forEach((variable, block) -> memory.put(variable, Views.at(arena, block.offset, shared.shapes.of(variable))));
    }

    private void create(String variable, int step, Map<String, Arena.Block> blocks) {
        long[] shape = shared.shapes.of(variable);
        DataType type = sd.getVariable(variable).dataType();
        if (type == shared.weights.real() && shape.length > 0) {
            blocks.put(variable, new Arena.Block(Arrays.stream(shape).reduce(1, (a, b) -> a * b), step));
        } else {
            memory.put(variable, create(type, shape));
        }
    }

    private void extend(Map<String, Arena.Block> blocks, String variable, int step) {
        Arena.Block block = blocks.get(root(variable));
        if (block != null) {
            block.to = Math.max(block.to, step);
        }
    }

    private static INDArray create(DataType type, long[] shape) {
        return shape.length == 0 ? Nd4j.scalar(type, 0) : Nd4j.create(type, shape);
    }

    /** The array of a variable. */
    private INDArray array(String variable) {
        String root = root(variable);
        INDArray array = memory.computeIfAbsent(root, this::leaf);
        if (root.equals(variable)) {
            return array;
        }
        return memory.computeIfAbsent(variable, v -> Views.shaped(array, shared.shapes.of(v)));
    }

    private INDArray leaf(String variable) {
        INDArray constant = shared.shapes.constant(variable);
        if (constant != null) {
            return constant;
        }
        if (shared.state.containsKey(variable)) {
            return shared.weights.array(variable);
        }
        INDArray array = create(sd.getVariable(variable).dataType(), shared.shapes.of(variable));
        inputArrays.put(variable, array);
        return array;
    }

    // Kernels

    private void prepare(List<SameDiffOp> operations) {
        Temporaries.begin(shared.weights.real());
        try {
            for (SameDiffOp operation : operations) {
                Temporaries.next();
                prepare(operation);
            }
        } finally {
            Temporaries.end();
        }
    }

    private void prepare(SameDiffOp operation) {
        if (roots.containsKey(operation.getOutputsOfOp().get(0))) {
            return;
        }
        INDArray[] in = operation.getInputsToOp().stream().map(this::array).toArray(INDArray[]::new);
        INDArray[] out = operation.getOutputsOfOp().stream().map(this::array).toArray(INDArray[]::new);
        DifferentialFunction function = operation.getOp();
        Kernel kernel;
        if (function instanceof GraphOp op) {
            kernel = set.kernel(op.operation(), in, out).orElseGet(() -> op.operation().plain(in, out));
        } else if (function instanceof DynamicCustomOp custom) {
            kernel = set.kernel(custom, in, out).orElseGet(() -> NativeOps.kernel(function, in, out));
        } else {
            kernel = NativeOps.kernel(function, in, out);
        }
        kernels.add(kernel);
        names.add(function.opName());
    }

    private void copyWhatIsNotBound() {
        Map<String, INDArray> targets = new LinkedHashMap<>();
        shared.weights.parameters().forEach(p -> targets.put(p.name(), p.gradient()));
        weightGradients.forEach((name, gradient) -> copy(array(gradient.name()), targets.get(name)));
        newState.forEach((name, value) -> copy(array(value.name()), shared.weights.array(name)));
    }

    private void copy(INDArray from, INDArray to) {
        if (!Views.same(from, to)) {
            INDArray shaped = Arrays.equals(from.shape(), to.shape()) ? from : Views.shaped(from, to.shape());
            kernels.add(() -> to.assign(shaped));
            names.add("copy");
        }
    }
}
