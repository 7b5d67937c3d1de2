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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    final List<String> fallbacks = new ArrayList<>();
    final List<String> natives = new ArrayList<>();
    int copies;
    long bytes;

    private final SameDiff sd;
    private final Graph.Shared shared;
    private final Kernels set;
    private final Map<String, SDVariable> outputs = new LinkedHashMap<>();
    private final Map<String, SDVariable> weightGradients = new LinkedHashMap<>();
    private final Map<String, SDVariable> newState = new LinkedHashMap<>();
    private final Map<String, String> roots = new HashMap<>();
    private final Set<String> blocked = new HashSet<>();
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
        List<Node> needed = needed();
        needed.forEach(this::checkAllowed);
        List<Node> operations = rewritten(needed);
        findRoots(operations);
        chooseLayouts(operations);
        bindState(operations);
        bindGradients();
        placeRest(operations);
        prepare(operations);
        copyWhatIsNotBound();
        outputs.forEach((name, variable) -> outputArrays.put(name, array(variable.name())));
        return new Plan(this);
    }

    // What is needed, in order

    private List<Node> needed() {
        Map<String, SameDiffOp> producers = new HashMap<>();
        for (SameDiffOp operation : sd.getOps().values()) {
            operation.getOutputsOfOp().forEach(o -> producers.put(o, operation));
        }
        Deque<String> open = new ArrayDeque<>();
        ends().forEach(open::add);
        Set<String> found = new HashSet<>();
        while (!open.isEmpty()) {
            SameDiffOp producer = producers.get(open.pop());
            if (producer != null && shapesOnly(producer) == null && found.add(producer.getName())) {
                open.addAll(producer.getInputsToOp());
            }
        }
        return sd.getOps().values().stream().filter(o -> found.contains(o.getName())).map(Node::of).toList();
    }

    private INDArray shapesOnly(SameDiffOp operation) {
        return shared.shapes.constant(operation.getOutputsOfOp().get(0));
    }

    private void checkAllowed(Node operation) {
        if (operation.operation() == null && !NativeOps.ALLOWED.contains(operation.kind())) {
            String path = shared.paths.getOrDefault(operation.name(), "");
            throw new IllegalArgumentException("operation " + operation.kind() + " in module '" + path
                    + "' is not among the operations whose gradient is known to be right: " + NativeOps.ALLOWED.stream().sorted().toList());
        }
    }

    /** Names of the variables that are asked for. */
    private Stream<String> ends() {
        return Stream.of(outputs, weightGradients, newState).flatMap(m -> m.values().stream()).map(SDVariable::name);
    }

    private List<Node> rewritten(List<Node> operations) {
        Fusion fusion = new Fusion(operations, ends().collect(Collectors.toSet()), shared.shapes, set);
        List<Node> rewritten = fusion.rewrite();
        roots.putAll(fusion.names());
        return rewritten;
    }

    // Memory

    private void findRoots(List<Node> operations) {
        for (Node operation : operations) {
            if (operation.alias()) {
                roots.put(operation.out().get(0), root(operation.in().get(0)));
            }
        }
    }

    private void chooseLayouts(List<Node> operations) {
        if (shared.weights.real() == DataType.FLOAT) {
            Set<String> fixed = new HashSet<>();
            ends().forEach(end -> fixed.add(root(end)));
            operations.stream().filter(Node::alias).forEach(alias -> fixed.add(root(alias.out().get(0))));
            blocked.addAll(Blocks.choose(operations, fixed, shared.shapes, set));
        }
    }

    /** The shape of a variable's memory. */
    private long[] shape(String variable) {
        long[] shape = shared.shapes.of(variable);
        return blocked.contains(variable) ? Blocks.shape(shape, set.block()) : shape;
    }

    private DataType type(String variable) {
        return shared.shapes.inGraph(variable) ? sd.getVariable(variable).dataType() : shared.weights.real();
    }

    private String root(String variable) {
        return roots.getOrDefault(variable, variable);
    }

    /** A buffer's new value is computed in its own memory where no later operation needs the old one. */
    private void bindState(List<Node> operations) {
        Map<String, Integer> lastRead = new HashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (String input : operations.get(i).in()) {
                lastRead.put(root(input), i);
            }
        }
        for (int i = 0; i < operations.size(); i++) {
            Node operation = operations.get(i);
            if (operation.operation() != null && operation.operation().inPlace()) {
                for (String output : operation.out()) {
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
            String variable = gradient.name();
            boolean own = root(variable).equals(variable) && sd.getVariable(variable).getVariableType() == VariableType.ARRAY;
            if (own && Arrays.equals(graph.shape(gradient), views.get(name).shape())) {
                memory.putIfAbsent(variable, views.get(name));
            }
        });
    }

    private void placeRest(List<Node> operations) {
        Map<String, Arena.Block> blocks = new LinkedHashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (String output : operations.get(i).out()) {
                if (root(output).equals(output) && !memory.containsKey(output)) {
                    create(output, i, blocks);
                }
            }
            for (String used : operations.get(i).in()) {
                extend(blocks, used, i);
            }
        }
        ends().forEach(end -> extend(blocks, end, operations.size()));
        long length = Arena.place(new ArrayList<>(blocks.values()));
        bytes = length * shared.weights.real().width();
        INDArray arena = length == 0 ? null : Nd4j.createUninitialized(shared.weights.real(), length);
        blocks.forEach((variable, block) -> memory.put(variable, Views.at(arena, block.offset, shape(variable))));
    }

    private void create(String variable, int step, Map<String, Arena.Block> blocks) {
        long[] shape = shape(variable);
        DataType type = type(variable);
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

    private void prepare(List<Node> operations) {
        Temporaries.begin(shared.weights.real());
        try {
            for (Node operation : operations) {
                Temporaries.next();
                prepare(operation);
            }
        } finally {
            Temporaries.end();
        }
    }

    private void prepare(Node operation) {
        if (roots.containsKey(operation.out().get(0))) {
            return;
        }
        INDArray[] in = operation.in().stream().map(this::array).toArray(INDArray[]::new);
        INDArray[] out = operation.out().stream().map(this::array).toArray(INDArray[]::new);
        Optional<Kernel> fast = Optional.empty();
        if (operation.operation() != null) {
            fast = set.kernel(operation.operation(), in, out);
        } else if (operation.function() instanceof DynamicCustomOp custom) {
            fast = set.kernel(custom, in, out);
        }
        kernels.add(fast.orElseGet(() -> plain(operation, in, out)));
        names.add(operation.kind());
    }

    private Kernel plain(Node operation, INDArray[] in, INDArray[] out) {
        if (operation.operation() == null) {
            natives.add(operation.kind());
            return NativeOps.kernel(operation.function(), in, out);
        }
        if (Stream.concat(operation.in().stream(), operation.out().stream()).anyMatch(blocked::contains)) {
            throw new IllegalStateException("the kernels " + set + " promised to work in blocks of channels, but have no kernel of " + operation.kind());
        }
        fallbacks.add(operation.kind());
        return operation.operation().plain(in, out);
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
            kernels.add(NativeOps.kernel("identity", List.of(shaped), List.of(to), new long[0], new double[0]));
            names.add("copy");
            copies++;
        }
    }
}
