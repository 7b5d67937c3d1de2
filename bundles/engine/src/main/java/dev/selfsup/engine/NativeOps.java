package dev.selfsup.engine;

import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The operations of SameDiff that a graph may use. Each has a test of its values and gradients against recorded
 * PyTorch numbers; others give wrong gradients, or nobody has looked.
 */
final class NativeOps {
    /** Outputs are the input's memory under another shape. */
    static final Set<String> ALIASES = Set.of("reshape", "expand_dims", "squeeze", "identity");

    /** All that may be used, gradients included. */
    static final Set<String> ALLOWED = Set.of(
            "reshape", "expand_dims", "squeeze", "identity", "shape_of", "permute", "transpose", "concat", "stack", "strided_slice",
            "tile", "zeros_like", "ones_like", "cast",
            "add", "subtract", "multiply", "divide", "reversesubtract", "reversedivide",
            "add_scalar", "sub_scalar", "mul_scalar", "div_scalar", "rsub_scalar", "rdiv_scalar", "neg",
            "add_bp", "subtract_bp", "multiply_bp", "divide_bp", "reversesubtract_bp", "reversedivide_bp",
            "matmul", "matmul_bp",
            "exp", "log", "sqrt", "rsqrt", "square", "pow", "abs", "sign", "sigmoid", "sigmoid_bp", "tanh", "tanh_bp",
            "reduce_sum", "reduce_sum_bp", "reduce_mean", "reduce_mean_bp");

    private NativeOps() {}

    /** A kernel that runs the operation as ND4J does. */
    static Kernel kernel(DifferentialFunction function, INDArray[] in, INDArray[] out) {
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(in);
        context.setOutputArrays(out);
        if (function instanceof DynamicCustomOp custom) {
            Shapes.copyArguments(custom, context);
            return () -> Nd4j.getExecutioner().exec((CustomOp) custom, context);
        }
        Op op = (Op) function;
        return () -> Nd4j.getExecutioner().exec(op, context);
    }

    /** Runs once a native operation given by name: the way plain kernels are written. */
    static Kernel kernel(String name, List<INDArray> in, List<INDArray> out, long[] integers, double[] numbers, boolean... flags) {
        DynamicCustomOp op = DynamicCustomOp.builder(name).build();
        OpContext context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(in);
        context.setOutputArrays(out);
        context.setIArguments(integers);
        context.setTArguments(numbers);
        context.setBArguments(flags);
        return () -> Nd4j.getExecutioner().exec((CustomOp) op, context);
    }
}
