package dev.selfsup.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;

/** The operations that compute some variables of a graph, in order, for those who write a graph down in another format. */
public final class Listing {
    private final Graph graph;
    private final List<Step> steps;

    /**
     * An operation.
     *
     * @param operation our own operation; null where it is ND4J's
     * @param function what the graph holds
     * @param in names of the inputs: of other operations' outputs, weights, constants, inputs of the graph
     * @param out names of the outputs
     * @param module path of the module in which it was added
     */
    public record Step(Operation operation, DifferentialFunction function, List<String> in, List<String> out, String module) {
        /** What the operation is called. */
        public String kind() {
            return operation == null ? function.opName() : operation.name();
        }

        /** Dimensions over which an operation of ND4J that reduces does so, counted from the first. */
        public long[] reduced(int rank) {
            return NativeOps.dimensions((BaseReduceOp) function, rank);
        }
    }

    private Listing(Graph graph, List<Step> steps) {
        this.graph = graph;
        this.steps = steps;
    }

    /** What computes some variables. */
    public static Listing of(Graph graph, Map<String, SDVariable> outputs) {
        Modules modules = graph.shared().modules;
        List<Node> nodes = new PlanBuilder(graph, Plan.Wanted.values(outputs), Kernels.PLAIN).needed();
        return new Listing(graph, nodes.stream().map(n -> new Step(n.operation(), n.function(), n.in(), n.out(), modules.of(n.name()))).toList());
    }

    /** The operations, each after those whose results it needs. */
    public List<Step> steps() {
        return steps;
    }

    /** The shape of a variable. */
    public long[] shape(String name) {
        return graph.shared().shapes.of(name);
    }

    /** The value of a variable that does not depend on inputs or weights; empty for all others. */
    public Optional<INDArray> constant(String name) {
        return Optional.ofNullable(graph.shared().shapes.constant(name));
    }

    /** Whether a variable is a weight or buffer, by whose state_dict name it goes. */
    public boolean weight(String name) {
        return graph.shared().state.containsKey(name);
    }
}
