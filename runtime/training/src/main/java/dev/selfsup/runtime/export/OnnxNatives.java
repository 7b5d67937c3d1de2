package dev.selfsup.runtime.export;

import dev.selfsup.engine.Listing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.BaseScalarOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** The operations of ND4J that graphs use, in terms of ONNX's. */
final class OnnxNatives {
    private static final Map<String, String> SAME = Map.ofEntries(Map.entry("add", "Add"), Map.entry("subtract", "Sub"), Map.entry("multiply", "Mul"),
            Map.entry("divide", "Div"), Map.entry("exp", "Exp"), Map.entry("log", "Log"), Map.entry("sqrt", "Sqrt"), Map.entry("abs", "Abs"),
            Map.entry("neg", "Neg"), Map.entry("sign", "Sign"), Map.entry("sigmoid", "Sigmoid"), Map.entry("tanh", "Tanh"));
    private static final Map<String, String> REVERSED = Map.of("reversesubtract", "Sub", "reversedivide", "Div");
    private static final Map<String, String> SCALAR = Map.of("add_scalar", "Add", "sub_scalar", "Sub", "mul_scalar", "Mul", "div_scalar", "Div");
    private static final Map<String, String> SCALAR_FIRST = Map.of("rsub_scalar", "Sub", "rdiv_scalar", "Div");
    private static final int SLICE_MASKS = 5;

    private final OnnxGraph graph;
    private final OnnxShapes shapes;

    OnnxNatives(OnnxGraph graph, OnnxShapes shapes) {
        this.graph = graph;
        this.shapes = shapes;
    }

    /** Adds an operation; false where there is no way. */
    boolean add(Listing.Step step) {
        String kind = step.kind();
        List<String> in = step.in();
        String out = step.out().get(0);
        if (SAME.containsKey(kind)) {
            graph.node(SAME.get(kind), out, in);
        } else if (REVERSED.containsKey(kind)) {
            graph.node(REVERSED.get(kind), out, List.of(in.get(1), in.get(0)));
        } else if (SCALAR.containsKey(kind)) {
            graph.node(SCALAR.get(kind), out, List.of(in.get(0), graph.scalar(scalar(step))));
        } else if (SCALAR_FIRST.containsKey(kind)) {
            graph.node(SCALAR_FIRST.get(kind), out, List.of(graph.scalar(scalar(step)), in.get(0)));
        } else {
            return shaping(step, kind, in, out) || reducing(step, kind, in, out);
        }
        return true;
    }

    private static double scalar(Listing.Step step) {
        return ((BaseScalarOp) step.function()).scalar().getDouble(0);
    }

    private boolean shaping(Listing.Step step, String kind, List<String> in, String out) {
        switch (kind) {
            case "reshape", "expand_dims", "squeeze" -> graph.node("Reshape", out, List.of(in.get(0), graph.longs(shapes.target(out))));
            case "permute" -> graph.node("Transpose", out, in.subList(0, 1), OnnxGraph.ints("perm", integers(step)));
            case "transpose" -> {
                int rank = shapes.of(in.get(0)).length;
                graph.node("Transpose", out, in.subList(0, 1), OnnxGraph.ints("perm", IntStream.range(0, rank).mapToLong(i -> rank - 1L - i).toArray()));
            }
            case "concat" -> graph.node("Concat", out, in, OnnxGraph.number("axis", integers(step)[0]));
            case "stack" -> stack(integers(step).length == 0 ? 0 : integers(step)[0], in, out);
            case "unstack" -> unstack(integers(step)[0], in.get(0), step.out());
            case "tile" -> graph.node("Tile", out, List.of(in.get(0), graph.longs(integers(step))));
            case "slice" -> slice(integers(step), in.get(0), out);
            case "strided_slice" -> stridedSlice(integers(step), in.get(0), out);
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean reducing(Listing.Step step, String kind, List<String> in, String out) {
        switch (kind) {
            case "reduce_mean", "reduce_sum" -> reduce(step, kind, in.get(0), out);
            case "square" -> graph.node("Mul", out, List.of(in.get(0), in.get(0)));
            case "rsqrt" -> graph.node("Reciprocal", out, List.of(graph.part("Sqrt", in)));
            case "matmul" -> {
                long[] transposed = integers(step);
                graph.node("MatMul", out, List.of(transposed(in.get(0), transposed, 0), transposed(in.get(1), transposed, 1)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static long[] integers(Listing.Step step) {
        return ((DynamicCustomOp) step.function()).iArgs();
    }

    private void reduce(Listing.Step step, String kind, String x, String out) {
        boolean keep = ((BaseReduceOp) step.function()).isKeepDims();
        long[] over = step.reduced(shapes.of(x).length);
        if (kind.equals("reduce_mean")) {
            graph.node("ReduceMean", out, List.of(x), OnnxGraph.ints("axes", over), OnnxGraph.number("keepdims", keep ? 1 : 0));
        } else {
            graph.node("ReduceSum", out, List.of(x, graph.longs(over)), OnnxGraph.number("keepdims", keep ? 1 : 0));
        }
    }

    private String transposed(String x, long[] flags, int side) {
        if (flags.length <= side || flags[side] == 0) {
            return x;
        }
        int rank = shapes.of(x).length;
        long[] order = IntStream.range(0, rank).mapToLong(i -> i < rank - 2 ? i : 2L * rank - 3 - i).toArray();
        return graph.part("Transpose", List.of(x), OnnxGraph.ints("perm", order));
    }

    private void stack(long axis, List<String> in, String out) {
        List<String> wide = new ArrayList<>();
        long at = axis < 0 ? axis + shapes.of(out).length : axis;
        in.forEach(x -> wide.add(graph.part("Unsqueeze", List.of(x, graph.longs(at)))));
        graph.node("Concat", out, wide, OnnxGraph.number("axis", at));
    }

    private void unstack(long axis, String x, List<String> out) {
        for (int i = 0; i < out.size(); i++) {
            String slice = graph.part("Slice", List.of(x, graph.longs(i), graph.longs(i + 1), graph.longs(axis)));
            graph.node("Squeeze", out.get(i), List.of(slice, graph.longs(axis)));
        }
    }

    /** First elements, then sizes; a size that depends on the number of images is all that is there. */
    private void slice(long[] arguments, String x, String out) {
        int rank = arguments.length / 2;
        long[] begin = Arrays.copyOf(arguments, rank);
        long[] end = new long[rank];
        long[] shape = shapes.of(out);
        for (int i = 0; i < rank; i++) {
            end[i] = shape[i] < 0 || arguments[rank + i] < 0 ? Long.MAX_VALUE : begin[i] + arguments[rank + i];
        }
        graph.node("Slice", out, List.of(x, graph.longs(begin), graph.longs(end), graph.longs(IntStream.range(0, rank).asLongStream().toArray())));
    }

    /** Masks of begin, ellipsis, end, new and dropped dimensions, a bit a dimension; then begin, end and step. */
    private void stridedSlice(long[] arguments, String x, String out) {
        int rank = (arguments.length - SLICE_MASKS) / 3;
        if (arguments[1] != 0 || arguments[3] != 0) {
            throw new UnsupportedOperationException("it is a slice with an ellipsis or new dimensions");
        }
        long[] shape = shapes.of(x);
        long[] begin = new long[rank];
        long[] end = new long[rank];
        for (int i = 0; i < rank; i++) {
            boolean whole = (arguments[2] & 1L << i) != 0 || shape[i] < 0;
            begin[i] = (arguments[0] & 1L << i) != 0 ? 0 : arguments[SLICE_MASKS + i];
            end[i] = (arguments[4] & 1L << i) != 0 ? begin[i] + 1 : whole ? Long.MAX_VALUE : arguments[SLICE_MASKS + rank + i];
        }
        String axes = graph.longs(IntStream.range(0, rank).asLongStream().toArray());
        String steps = graph.longs(Arrays.copyOfRange(arguments, SLICE_MASKS + 2 * rank, SLICE_MASKS + 3 * rank));
        String slice = graph.part("Slice", List.of(x, graph.longs(begin), graph.longs(end), axes, steps));
        graph.node("Reshape", out, List.of(slice, graph.longs(shapes.target(out))));
    }
}
