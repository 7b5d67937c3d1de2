package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.NativeOps;
import dev.selfsup.engine.Temporaries;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseTransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.floating.RSqrt;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
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
        for (Kernel step : steps) {
            step.run();
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
        then(() -> to.assign(from));
        return to;
    }

    Steps fill(INDArray array, double value) {
        return then(() -> array.assign(value));
    }

    /** Sums over dimensions, which the output lacks. */
    INDArray sum(INDArray x, INDArray out, long... dimensions) {
        then("reduce_sum", List.of(x), List.of(out), dimensions);
        return out;
    }

    /** Means over dimensions, which the output lacks. */
    INDArray mean(INDArray x, INDArray out, long... dimensions) {
        then("reduce_mean", List.of(x), List.of(out), dimensions);
        return out;
    }

    INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
        then("matmul", List.of(a, b), List.of(out), transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
        return out;
    }
}
