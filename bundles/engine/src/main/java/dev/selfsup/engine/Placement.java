package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where the arrays of a plan lie: in the memory of state and gradients, or in one arena; in C order, or images in blocks. */
final class Placement {
    private final Graph graph;
    private final Graph.Shared shared;
    private final SameDiff sd;
    private final List<Node> operations;
    private final Set<String> ends;
    private final int block;
    private final Map<String, String> roots = new HashMap<>();
    private final Set<String> blocked = new HashSet<>();
    private final Map<String, INDArray> memory = new HashMap<>();
    private final Map<String, INDArray> inputs = new LinkedHashMap<>();
    private long bytes;

    /**
     * Nothing is placed yet.
     *
     * @param graph the graph
     * @param operations the operations in order
     * @param names variables that are no more, by the ones that have their values
     * @param ends variables that are asked for
     * @param set the kernels
     */
    Placement(Graph graph, List<Node> operations, Map<String, String> names, Set<String> ends, Kernels set) {
        this.graph = graph;
        this.shared = graph.shared();
        this.sd = shared.sd;
        this.operations = operations;
        this.ends = ends;
        this.block = set.block();
        operations.stream().filter(Node::alias).forEach(alias -> roots.put(alias.out().get(0), root(alias.in().get(0))));
        Set<String> fixed = new HashSet<>(roots.values());
        names.forEach((name, same) -> roots.put(name, root(same)));
        ends.forEach(end -> fixed.add(root(end)));
        blocked.addAll(Blocks.choose(operations, fixed, shared.shapes, set));
    }

    /** Bytes of the arena. */
    long bytes() {
        return bytes;
    }

    /** The inputs that are used, by name. */
    Map<String, INDArray> inputs() {
        return inputs;
    }

    /** Whether a variable is an image in blocks of channels. */
    boolean inBlocks(String variable) {
        return blocked.contains(variable);
    }

    /** The shape of a variable's memory. */
    private long[] shape(String variable) {
        long[] shape = shared.shapes.of(variable);
        return blocked.contains(variable) ? Blocks.shape(shape, block) : shape;
    }

    private DataType type(String variable) {
        return shared.shapes.inGraph(variable) ? sd.getVariable(variable).dataType() : shared.weights.real();
    }

    private String root(String variable) {
        return roots.getOrDefault(variable, variable);
    }

    /** A buffer's new value is computed in its own memory where no later operation needs the old one. */
    void bindState(Map<String, SDVariable> newState) {
        Map<String, Integer> lastRead = new HashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            for (String input : operations.get(i).in()) {
                lastRead.put(root(input), i);
            }
        }
        ends.forEach(end -> lastRead.put(root(end), operations.size()));
        for (int i = 0; i < operations.size(); i++) {
            Node operation = operations.get(i);
            if (operation.operation() != null && operation.operation().inPlace()) {
                for (String output : operation.out()) {
                    bindState(newState, output, i, lastRead);
                }
            }
        }
    }

    private void bindState(Map<String, SDVariable> newState, String output, int producer, Map<String, Integer> lastRead) {
        newState.forEach((name, variable) -> {
            if (variable.name().equals(output) && lastRead.getOrDefault(name, -1) <= producer) {
                memory.put(output, shared.weights.array(name));
            }
        });
    }

    /** The gradient of a weight is computed where the flat gradient has it. */
    void bindGradients(Map<String, SDVariable> weightGradients) {
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

    /** Places everything that lies in no memory of its own in one arena, in which arrays that live at different times share memory. */
    void placeRest() {
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
        ends.forEach(end -> extend(blocks, end, operations.size()));
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
    INDArray array(String variable) {
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
        inputs.put(variable, array);
        return array;
    }
}
