package dev.selfsup.engine;

import dev.selfsup.engine.op.AddRelu;
import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.BatchNormRelu;
import dev.selfsup.engine.op.IndexedMaxPool;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.NormalizationGradient;
import dev.selfsup.engine.op.Relu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Rewrites the operations of a plan so that one kernel does the work of several: sums and batch normalisations followed by a
 * rectifier, max pooling that keeps the places of the maxima for its gradient. What only passes values on is dropped.
 */
final class Fusion {
    private final Shapes shapes;
    private final Kernels set;
    private final Set<String> ends;
    private final Map<String, String> names = new HashMap<>();
    private List<Node> nodes;
    private Map<String, List<Node>> readers;

    /**
     * Takes operations to rewrite.
     *
     * @param nodes the operations in order
     * @param ends variables that are asked for: outputs, gradients, new state
     * @param shapes shapes of all variables
     * @param set the kernels
     */
    Fusion(List<Node> nodes, Set<String> ends, Shapes shapes, Kernels set) {
        this.nodes = List.copyOf(nodes);
        this.ends = ends;
        this.shapes = shapes;
        this.set = set;
    }

    /** The operations after rewriting. */
    List<Node> rewrite() {
        dropCopies();
        replace(this::batchNorms);
        replace(this::sums);
        replace(this::maxPools);
        return nodes;
    }

    /** The variables that are no more, by the ones that have their values. */
    Map<String, String> names() {
        return names;
    }

    private String name(String variable) {
        return names.getOrDefault(variable, variable);
    }

    // The gradient of a sum is the same for both terms

    private void dropCopies() {
        List<Node> kept = new ArrayList<>();
        for (Node node : nodes) {
            Node renamed = node.renamed(this::name);
            if (copiesGradient(renamed)) {
                node.out().forEach(out -> names.put(out, renamed.in().get(2)));
            } else if (node.alias() && alike(node.in().get(0), node.out().get(0))) {
                names.put(node.out().get(0), renamed.in().get(0));
            } else {
                kept.add(renamed);
            }
        }
        nodes = kept;
    }

    private boolean copiesGradient(Node node) {
        return node.is("add_bp") && alike(node.in().get(2), node.in().get(0)) && alike(node.in().get(2), node.in().get(1));
    }

    private boolean alike(String a, String b) {
        return Arrays.equals(shapes.of(a), shapes.of(b));
    }

    // Patterns

    private interface Pattern {
        /** Puts replacements by the node whose place they take, and null by nodes that are dropped. */
        void find(Node node, Map<Node, Node> replacements);
    }

    private void replace(Pattern pattern) {
        readers = new HashMap<>();
        nodes.forEach(node -> node.in().stream().distinct().forEach(in -> readers.computeIfAbsent(in, i -> new ArrayList<>()).add(node)));
        Map<Node, Node> replacements = new IdentityHashMap<>();
        nodes.forEach(node -> pattern.find(node, replacements));
        List<Node> rewritten = new ArrayList<>();
        for (Node node : nodes) {
            Node replacement = replacements.getOrDefault(node, node);
            if (replacement != null) {
                rewritten.add(replacement);
            }
        }
        nodes = rewritten;
    }

    private List<Node> readers(String variable) {
        return readers.getOrDefault(variable, List.of());
    }

    /** The only reader of a variable that nobody else asks for; null where there are others. */
    private Node onlyReader(String variable, Class<? extends Operation> type) {
        List<Node> all = readers(variable);
        return all.size() == 1 && all.get(0).is(type) && !ends.contains(variable) ? all.get(0) : null;
    }

    private void sums(Node sum, Map<Node, Node> replacements) {
        Node relu = sum.is("add") ? onlyReader(sum.out().get(0), Relu.class) : null;
        boolean alike = relu != null && sum.in().size() == 2 && alike(sum.in().get(0), sum.in().get(1));
        if (alike && set.fuses(new AddRelu(), shapes.of(sum.in().get(0))).isPresent()) {
            replacements.put(sum, null);
            replacements.put(relu, relu.replaced(new AddRelu(), sum.in(), relu.out()));
        }
    }

    private void batchNorms(Node norm, Map<Node, Node> replacements) {
        Node relu = norm.is(BatchNorm.class) ? onlyReader(norm.out().get(0), Relu.class) : null;
        if (relu == null) {
            return;
        }
        BatchNorm of = (BatchNorm) norm.operation();
        OptionalLong kept = set.fuses(new BatchNormRelu(of, 0), shapes.of(norm.in().get(0)));
        List<Node> slopes = readers(relu.out().get(0)).stream().filter(n -> n.is(Relu.Gradient.class) && n.in().get(0).equals(relu.out().get(0))).toList();
        if (kept.isEmpty() || !slopes.stream().allMatch(slope -> normGradient(norm, slope) != null)) {
            return;
        }
        String places = kept(relu, kept.getAsLong());
        replacements.put(relu, null);
        replacements.put(norm, norm.replaced(new BatchNormRelu(of, kept.getAsLong()), norm.in(),
                List.of(relu.out().get(0), norm.out().get(1), norm.out().get(2), places)));
        for (Node slope : slopes) {
            Node gradient = normGradient(norm, slope);
            List<String> in = new ArrayList<>(gradient.in());
            in.set(3, slope.in().get(1));
            in.add(4, places);
            replacements.put(slope, null);
            replacements.put(gradient, gradient.replaced(new BatchNormRelu.Gradient(of), in, gradient.out()));
        }
    }

    /** The gradient of a normalisation that alone reads the gradient of the rectifier behind it. */
    private Node normGradient(Node norm, Node slope) {
        Node gradient = onlyReader(slope.out().get(0), NormalizationGradient.class);
        boolean its = gradient != null && gradient.in().get(0).equals(norm.in().get(0)) && gradient.in().get(1).equals(norm.out().get(1))
                && gradient.in().get(3).equals(slope.out().get(0));
        return its ? gradient : null;
    }

    private void maxPools(Node pool, Map<Node, Node> replacements) {
        if (!pool.is(MaxPool.class)) {
            return;
        }
        MaxPool of = (MaxPool) pool.operation();
        List<Node> gradients = readers(pool.out().get(0)).stream().filter(n -> n.is(MaxPool.Gradient.class) && n.in().get(1).equals(pool.out().get(0)))
                .toList();
        OptionalLong kept = set.fuses(new IndexedMaxPool(of.window(), 0), shapes.of(pool.in().get(0)));
        if (gradients.isEmpty() || kept.isEmpty()) {
            return;
        }
        String places = kept(pool, kept.getAsLong());
        replacements.put(pool, pool.replaced(new IndexedMaxPool(of.window(), kept.getAsLong()), pool.in(), List.of(pool.out().get(0), places)));
        for (Node gradient : gradients) {
            Operation indexed = new IndexedMaxPool.Gradient(of.window(), shapes.of(pool.in().get(0)));
            replacements.put(gradient, gradient.replaced(indexed, List.of(places, gradient.in().get(2)), gradient.out()));
        }
    }

    private String kept(Node node, long length) {
        String name = node.out().get(0) + "/kept";
        shapes.add(name, length);
        return name;
    }
}
