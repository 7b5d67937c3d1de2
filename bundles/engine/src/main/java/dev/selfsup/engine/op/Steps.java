package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.NativeOps;
import dev.selfsup.engine.Temporaries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseTransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.floating.RSqrt;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native operations run one after the other: how plain kernels are written. Methods add an operation to be run and
 * return its output, in a new array unless one is given. Binary operations broadcast; an output may be an input.
 */
final class Steps implements Kernel {
    private static final long[] NO_INTEGERS = {};
    private static final double[] NO_NUMBERS = {};

    private final List<Kernel> steps = new ArrayList<>();

    @Override
    public void run() {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).run();
        }
    }

    /** An array for intermediate values; arbitrary when the kernel starts. */
    static INDArray temporary(long... shape) {
        return Temporaries.create(shape);
    }

    /** A scalar. */
    static INDArray number(double value) {
        return Nd4j.scalar(Temporaries.type(), value);
    }

    Steps then(Kernel step) {
        steps.add(step);
        return this;
    }

    Steps then(String name, List<INDArray> in, List<INDArray> out, long... integers) {
        return then(NativeOps.kernel(name, in, out, integers, NO_NUMBERS));
    }

    private INDArray binary(String name, INDArray a, INDArray b, INDArray out) {
        then(name, List.of(a, b), List.of(out), NO_INTEGERS);
        return out;
    }

    private INDArray transform(BaseTransformOp op, INDArray x, INDArray out) {
        then(NativeOps.kernel(op, new INDArray[] {x}, new INDArray[] {out}));
        return out;
    }

    INDArray add(INDArray a, INDArray b, INDArray out) {
        return binary("add", a, b, out);
    }

    INDArray subtract(INDArray a, INDArray b, INDArray out) {
        return binary("subtract", a, b, out);
    }

    INDArray multiply(INDArray a, INDArray b, INDArray out) {
        return binary("multiply", a, b, out);
    }

    INDArray multiply(INDArray a, INDArray b) {
        return multiply(a, b, temporary(a.shape()));
    }

    INDArray divide(INDArray a, INDArray b, INDArray out) {
        return binary("divide", a, b, out);
    }

    INDArray maximum(INDArray a, INDArray b, INDArray out) {
        return binary("maximum", a, b, out);
    }

    INDArray exp(INDArray x, INDArray out) {
        return transform(new Exp(), x, out);
    }

    INDArray log(INDArray x, INDArray out) {
        return transform(new Log(), x, out);
    }

    INDArray erf(INDArray x, INDArray out) {
        return transform(new Erf(), x, out);
    }

    INDArray sqrt(INDArray x, INDArray out) {
        return transform(new Sqrt(), x, out);
    }

    INDArray rsqrt(INDArray x, INDArray out) {
        return transform(new RSqrt(), x, out);
    }

    INDArray sign(INDArray x, INDArray out) {
        return transform(new Sign(), x, out);
    }

    INDArray copy(INDArray from, INDArray to) {
        then("identity", List.of(from), List.of(to), NO_INTEGERS);
        return to;
    }

    Steps fill(INDArray array, double value) {
        return then("assign", List.of(array, number(value)), List.of(array), NO_INTEGERS);
    }

    /** Sums over dimensions, which the output lacks. */
    INDArray sum(INDArray x, INDArray out, long... dimensions) {
        return reduce("reduce_sum", x, out, dimensions);
    }

    /** Means over dimensions, which the output lacks. */
    INDArray mean(INDArray x, INDArray out, long... dimensions) {
        return reduce("reduce_mean", x, out, dimensions);
    }

    /** The largest over dimensions, which the output lacks. */
    INDArray largest(INDArray x, INDArray out, long... dimensions) {
        return reduce("reduce_max", x, out, dimensions);
    }

    /** One dimension at a time, the last first: of many short sums less is lost to rounding than of one long sum. */
    private INDArray reduce(String name, INDArray x, INDArray out, long... dimensions) {
        long[] ordered = dimensions.clone();
        Arrays.sort(ordered);
        INDArray rest = x;
        for (int i = ordered.length - 1; i > 0; i--) {
            INDArray shorter = temporary(without(rest.shape(), (int) ordered[i]));
            then(name, List.of(rest), List.of(shorter), ordered[i]);
            rest = shorter;
        }
        then(name, List.of(rest), List.of(out), ordered.length == 0 ? NO_INTEGERS : new long[] {ordered[0]});
        return out;
    }

    private static long[] without(long[] shape, int dimension) {
        long[] shorter = new long[shape.length - 1];
        System.arraycopy(shape, 0, shorter, 0, dimension);
        System.arraycopy(shape, dimension + 1, shorter, dimension, shorter.length - dimension);
        return shorter;
    }

    INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        then("matmul", List.of(a, b), List.of(out), transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
        return out;
    }
}
