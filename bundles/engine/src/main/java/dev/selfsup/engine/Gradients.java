package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.factory.Nd4j;

/** Reverse-mode differentiation on the same graph, through each operation's own gradient. */
final class Gradients {
    private final Graph graph;
    private final SameDiff sd;
    private final Set<String> depends;
    private final Map<String, List<SDVariable>> contributions = new HashMap<>();

    private Gradients(Graph graph, Collection<String> inputs) {
        this.graph = graph;
        this.sd = graph.shared().sd;
        this.depends = new HashSet<>(inputs);
    }

    /**
     * Adds the gradients of a scalar to its graph.
     *
     * @param graph the graph
     * @param scalar what is differentiated
     * @param inputs names of variables
     * @return the gradients of those inputs that the scalar depends on
     */
    static Map<String, SDVariable> add(Graph graph, SDVariable scalar, Collection<String> inputs) {
        Graph.Shared shared = graph.shared();
        Gradients gradients = new Gradients(graph, inputs);
        List<SameDiffOp> operations = new ArrayList<>(shared.sd.getOps().values());
        gradients.findDependents(operations);
        gradients.contribute(scalar.name(), graph.constant(Nd4j.ones(scalar.dataType(), graph.shape(scalar))));
        for (int i = operations.size() - 1; i >= 0; i--) {
            SameDiffOp operation = operations.get(i);
            shared.modules.within(shared.modules.of(operation.getName()), () -> {
                gradients.propagate(operation);
                return gradients;
            });
        }
        Map<String, SDVariable> result = new LinkedHashMap<>();
        for (String input : inputs) {
            SDVariable gradient = gradients.sum(input);
            if (gradient != null) {
                result.put(input, gradient);
            }
        }
        return result;
    }

    private void findDependents(List<SameDiffOp> operations) {
        for (SameDiffOp operation : operations) {
            if (operation.getInputsToOp() != null && operation.getInputsToOp().stream().anyMatch(depends::contains)) {
                for (String output : operation.getOutputsOfOp()) {
                    if (sd.getVariable(output).dataType().isFPType()) {
                        depends.add(output);
                    }
                }
            }
        }
    }

    private void propagate(SameDiffOp operation) {
        List<String> outputs = operation.getOutputsOfOp();
        if (outputs.stream().noneMatch(o -> depends.contains(o) && contributions.containsKey(o))) {
            return;
        }
        List<SDVariable> upstream = new ArrayList<>();
        for (String output : outputs) {
            SDVariable gradient = sum(output);
            upstream.add(gradient != null || operation.getOp() instanceof GraphOp ? gradient : sd.zerosLike(sd.getVariable(output)));
        }
        List<SDVariable> gradients = gradients(operation, upstream);
        List<String> inputs = operation.getInputsToOp();
        for (int i = 0; i < inputs.size() && i < gradients.size(); i++) {
            if (gradients.get(i) != null && depends.contains(inputs.get(i))) {
                contribute(inputs.get(i), gradients.get(i));
            }
        }
    }

    private List<SDVariable> gradients(SameDiffOp operation, List<SDVariable> upstream) {
        if (divides(operation)) {
            return quotientGradient(operation, upstream.get(0));
        }
        return addsAlike(operation) ? List.of(upstream.get(0), upstream.get(0)) : operation.getOp().doDiff(upstream);
    }

    /** Whether it is a sum without broadcasting, as of a residual: its gradient is that of both sides, without copies. */
    private boolean addsAlike(SameDiffOp operation) {
        if (!operation.getOp().opName().equals("add")) {
            return false;
        }
        SDVariable[] in = operation.getOp().args();
        return Arrays.equals(graph.shape(in[0]), graph.shape(in[1]));
    }

    private static boolean divides(SameDiffOp operation) {
        return Set.of("divide", "reversedivide").contains(operation.getOp().opName());
    }

    /** ND4J's own gradient of a quotient is wrong where one side has one element. */
    private List<SDVariable> quotientGradient(SameDiffOp operation, SDVariable upstream) {
        boolean reverse = operation.getOp().opName().equals("reversedivide");
        SDVariable[] in = operation.getOp().args();
        SDVariable divisor = in[reverse ? 0 : 1];
        SDVariable quotient = operation.getOp().outputVariables()[0];
        SDVariable byDividend = sumTo(in[reverse ? 1 : 0], upstream.div(divisor));
        SDVariable byDivisor = sumTo(divisor, upstream.mul(quotient).div(divisor).neg());
        return reverse ? List.of(byDivisor, byDividend) : List.of(byDividend, byDivisor);
    }

    /** The sum over what was broadcast. */
    private SDVariable sumTo(SDVariable input, SDVariable gradient) {
        long[] to = graph.shape(input);
        long[] from = graph.shape(gradient);
        int added = from.length - to.length;
        int[] over = IntStream.range(0, from.length).filter(d -> d < added || to[d - added] != from[d]).toArray();
        SDVariable sum = over.length == 0 ? gradient : gradient.sum(over);
        return Arrays.equals(graph.shape(sum), to) ? sum : sum.reshape(to);
    }

    private void contribute(String variable, SDVariable gradient) {
        contributions.computeIfAbsent(variable, v -> new ArrayList<>()).add(gradient);
    }

    private SDVariable sum(String variable) {
        List<SDVariable> parts = contributions.get(variable);
        if (parts == null) {
            return null;
        }
        SDVariable total = parts.get(0);
        for (SDVariable part : parts.subList(1, parts.size())) {
            total = total.add(part);
        }
        contributions.put(variable, new ArrayList<>(List.of(total)));
        return total;
    }
}
