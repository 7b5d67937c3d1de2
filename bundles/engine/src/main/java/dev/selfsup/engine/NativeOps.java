package dev.selfsup.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The operations of SameDiff that a graph may use. Each has a test of its values and gradients against recorded
 * PyTorch numbers; others give wrong gradients, or nobody has looked.
 */
public final class NativeOps {
    /** Outputs are the input's memory under another shape. */
    static final Set<String> ALIASES = Set.of("reshape", "expand_dims", "squeeze");

    /** All that may be used, what gradients use included. */
    static final Set<String> ALLOWED = Set.of(
            "reshape", "expand_dims", "squeeze", "shape_of", "permute", "transpose", "concat", "concat_bp", "stack", "unstack",
            "slice", "slice_bp", "strided_slice", "strided_slice_bp", "tile", "tile_bp", "cast",
            "add", "add_bp", "subtract", "subtract_bp", "reversesubtract", "reversesubtract_bp", "multiply", "multiply_bp",
            "divide", "reversedivide",
            "add_scalar", "sub_scalar", "mul_scalar", "div_scalar", "rsub_scalar", "rdiv_scalar", "neg",
            "matmul", "matmul_bp",
            "exp", "log", "sqrt", "rsqrt", "square", "pow", "_powderivative", "abs", "sign", "sigmoid", "sigmoid_bp", "tanh", "tanh_bp",
            "reduce_sum", "reduce_sum_bp", "reduce_mean", "reduce_mean_bp");

    private NativeOps() {}

    /** A kernel that runs the operation as ND4J does, with the operation's own arguments. */
    public static Kernel kernel(DifferentialFunction function, INDArray[] in, INDArray[] out) {
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(in);
        context.setOutputArrays(out);
        if (function instanceof DynamicCustomOp custom) {
            Shapes.copyArguments(custom, context);
            return NativeCall.of(custom, context);
        }
        if (function instanceof BaseReduceOp reduction) {
            return kernel(reduction.opName(), List.of(in[0]), List.of(out), dimensions(reduction, in[0].rank()), new double[0],
                    reduction.isKeepDims());
        }
        return NativeCall.of((Op) function, context);
    }

    /** Dimensions over which an operation reduces, counted from the first. */
    static long[] dimensions(BaseReduceOp reduction, int rank) {
        int[] dimensions = reduction.getDimensions();
        if (dimensions == null || dimensions.length == 0 || dimensions[0] == Integer.MAX_VALUE) {
            return LongStream.range(0, rank).toArray();
        }
        return Arrays.stream(dimensions).mapToLong(d -> d < 0 ? d + rank : d).toArray();
    }

    /**
     * A kernel of a native operation given by name: the way plain kernels are written.
     *
     * @param name name of the native operation
     * @param in inputs
     * @param out outputs
     * @param integers its integer arguments
     * @param numbers its floating point arguments
     * @param flags its boolean arguments
     */
    public static Kernel kernel(String name, List<INDArray> in, List<INDArray> out, long[] integers, double[] numbers, boolean... flags) {
        DynamicCustomOp op = DynamicCustomOp.builder(name).build();
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(in);
        context.setOutputArrays(out);
        context.setIArguments(integers);
        context.setTArguments(numbers);
        context.setBArguments(flags);
        return NativeCall.of(op, context);
    }
}
