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
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Turns a graph into a plan: adds gradients, drops what is not needed, places arrays, prepares kernels. */
final class PlanBuilder {
    final Graph graph;
    final List<Kernel> kernels = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    final Map<String, INDArray> outputArrays = new LinkedHashMap<>();
    final List<String> trained = new ArrayList<>();
    final List<String> fallbacks = new ArrayList<>();
    final List<String> natives = new ArrayList<>();
    int copies;
    Placement placement;

    private final SameDiff sd;
    private final Graph.Shared shared;
    private final Kernels set;
    private final Map<String, SDVariable> outputs = new LinkedHashMap<>();
    private final Map<String, SDVariable> weightGradients = new LinkedHashMap<>();
    private final Map<String, SDVariable> newState = new LinkedHashMap<>();

    PlanBuilder(Graph graph, Plan.Wanted wanted, Kernels set) {
        this.graph = graph;
        this.shared = graph.shared();
        this.sd = shared.sd;
        this.set = set;
        outputs.putAll(wanted.outputs());
        newState.putAll(shared.assigned);
        newState.putAll(shared.assignedAfter);
        needed().forEach(node -> node.out().forEach(shared.shapes::of));          // what does not fit is told before gradients and memory are made
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
        Set<String> ends = ends().collect(Collectors.toSet());
        Kernels shaping = shared.weights.real() == DataType.FLOAT ? set : Kernels.PLAIN;        // fast kernels know one precision
        Fusion fusion = new Fusion(needed, ends, shared.shapes, shaping);
        List<Node> operations = fusion.rewrite();
        placement = new Placement(graph, operations, fusion.names(), ends, shaping);
        placement.bindState(newState);
        placement.bindGradients(weightGradients);
        placement.placeRest();
        prepare(operations);
        copyWhatIsNotBound();
        outputs.forEach((name, variable) -> outputArrays.put(name, placement.array(variable.name())));
        return new Plan(this);
    }

    // What is needed, in order

    /** Operations that only serve to change buffers after the backward pass come last, so that these are changed where they lie. */
    List<Node> needed() {
        Map<String, SameDiffOp> producers = new HashMap<>();
        for (SameDiffOp operation : sd.getOps().values()) {
            operation.getOutputsOfOp().forEach(o -> producers.put(o, operation));
        }
        Set<String> first = producing(producers, names(outputs, weightGradients, shared.assigned));
        Set<String> last = producing(producers, names(shared.assignedAfter));
        last.removeAll(first);
        return Stream.of(first, last).flatMap(some -> sd.getOps().values().stream().filter(o -> some.contains(o.getName()))).map(Node::of).toList();
    }

    /** Names of the operations that variables depend on. */
    private Set<String> producing(Map<String, SameDiffOp> producers, Stream<String> variables) {
        Deque<String> open = variables.collect(Collectors.toCollection(ArrayDeque::new));
        Set<String> found = new HashSet<>();
        while (!open.isEmpty()) {
            SameDiffOp producer = producers.get(open.pop());
            if (producer != null && shapesOnly(producer) == null && found.add(producer.getName())) {
                open.addAll(producer.getInputsToOp());
            }
        }
        return found;
    }

    private INDArray shapesOnly(SameDiffOp operation) {
        return shared.shapes.constant(operation.getOutputsOfOp().get(0));
    }

    private void checkAllowed(Node operation) {
        if (operation.operation() == null && !NativeOps.ALLOWED.contains(operation.kind())) {
            throw new IllegalArgumentException("operation " + operation.kind() + " in module '" + shared.modules.of(operation.name())
                    + "' is not among the operations whose gradient is known to be right: " + NativeOps.ALLOWED.stream().sorted().toList());
        }
    }

    /** Names of the variables that are asked for. */
    private Stream<String> ends() {
        return names(outputs, weightGradients, newState);
    }

    @SafeVarargs
    private static Stream<String> names(Map<String, SDVariable>... variables) {
        return Stream.of(variables).flatMap(m -> m.values().stream()).map(SDVariable::name);
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
        if (operation.alias()) {
            return;
        }
        INDArray[] in = operation.in().stream().map(placement::array).toArray(INDArray[]::new);
        INDArray[] out = operation.out().stream().map(placement::array).toArray(INDArray[]::new);
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
        if (Stream.concat(operation.in().stream(), operation.out().stream()).anyMatch(placement::inBlocks)) {
            throw new IllegalStateException("the kernels " + set + " promised to work in blocks of channels, but have no kernel of " + operation.kind());
        }
        fallbacks.add(operation.kind());
        return operation.operation().plain(in, out);
    }

    private void copyWhatIsNotBound() {
        Map<String, INDArray> targets = new LinkedHashMap<>();
        shared.weights.parameters().forEach(p -> targets.put(p.name(), p.gradient()));
        weightGradients.forEach((name, gradient) -> copy(placement.array(gradient.name()), targets.get(name)));
        newState.forEach((name, value) -> copy(placement.array(value.name()), shared.weights.array(name)));
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
