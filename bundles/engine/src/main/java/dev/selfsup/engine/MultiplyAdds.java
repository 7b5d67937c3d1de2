package dev.selfsup.engine;

import dev.selfsup.engine.op.Attention;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.GatherProducts;
import dev.selfsup.engine.op.Linear;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * What a graph costs: the multiply-adds of its products, which are convolutions, linear maps, attention and products of matrices, in its forward pass. What is counted elsewhere
 * as FLOPs is this, or twice this; norms, activations and pooling, a few parts in a hundred, are left out.
 */
public final class MultiplyAdds {
    private static final Set<String> MATRICES = Set.of("mmul", "matmul", "batched_gemm");

    private MultiplyAdds() {}

    /**
     * Counts them.
     *
     * @return by path of the module whose weight is multiplied or, without one, within which the product is; the path is empty where none is known
     */
    public static Map<String, Long> of(Graph graph) {
        Map<String, Long> counts = new TreeMap<>();
        graph.shared().sd.getOps().forEach((name, op) -> {
            long count = count(graph, op);
            if (count > 0) {
                counts.merge(path(graph, name, op), count, Long::sum);
            }
        });
        return counts;
    }

    private static long count(Graph graph, SameDiffOp op) {
        DifferentialFunction function = op.getOp();
        List<long[]> in = op.getInputsToOp().stream().map(graph.shared().shapes::of).toList();
        long outputs = length(graph.shared().shapes.of(op.getOutputsOfOp().get(0)));
        if (function instanceof GraphOp own) {
            return count(own.operation(), in, outputs);
        }
        return MATRICES.contains(function.opName()) ? outputs * inner(in, graph.shared().shapes.of(op.getOutputsOfOp().get(0))) : 0;
    }

    private static long count(Operation operation, List<long[]> in, long outputs) {
        if (operation instanceof Convolution) {
            long[] weight = in.get(1);                                                    // [O, C / groups, kh, kw]
            return outputs * weight[1] * weight[2] * weight[3];
        }
        if (operation instanceof Linear || operation instanceof GatherProducts) {
            return outputs * in.get(0)[1];
        }
        if (operation instanceof Attention attention) {
            return 2 * in.get(0)[0] * attention.length() * (in.get(0)[1] / 3);             // scores and values
        }
        return 0;
    }

    /** Rows of the second of two matrices, or of two stacks of matrices, whichever way they are turned: their sizes are B M K, B K N and, of the product, B M N. */
    private static long inner(List<long[]> in, long... out) {
        double stack = 1;
        for (int i = 0; i < out.length - 2; i++) {
            stack *= out[i];
        }
        return Math.round(Math.sqrt((double) length(in.get(0)) * length(in.get(1)) / length(out) / stack));
    }

    private static String path(Graph graph, String name, SameDiffOp op) {
        return op.getInputsToOp().stream().filter(graph.shared().state::containsKey).filter(input -> input.contains(".")).findFirst()
                .map(weight -> weight.substring(0, weight.lastIndexOf('.'))).orElseGet(() -> graph.shared().modules.of(name));
    }

    private static long length(long... shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
