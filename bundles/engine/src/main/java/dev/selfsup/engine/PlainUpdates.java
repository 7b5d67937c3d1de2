package dev.selfsup.engine;

import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The updates as plain ND4J operations: right on every backend, a pass over memory and a temporary array for each operation. */
public final class PlainUpdates implements Updates {
    @Override
    public void sgd(INDArray weight, INDArray gradient, INDArray momentumBuffer, SgdStep step, boolean first) {
        INDArray w = flat(weight);
        INDArray direction = step.decay() == 0 ? flat(gradient).dup() : flat(gradient).add(w.mul(step.decay()));
        if (step.gradientScale() != 1) {
            direction.muli(step.gradientScale());
        }
        if (step.momentum() != 0) {
            INDArray momentum = flat(momentumBuffer);
            if (first) {
                momentum.assign(direction);
            } else {
                momentum.muli(step.momentum()).addi(direction.mul(1 - step.dampening()));
            }
            direction = step.nesterov() ? direction.addi(momentum.mul(step.momentum())) : momentum;
        }
        w.addi(direction.mul(-step.rate()));
    }

    @Override
    public void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step) {
        adam(weight, gradient, mean, square, step, UnaryOperator.identity());
    }

    /** A step of Adam that divides by the root of what is made of the mean square. */
    static void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step, UnaryOperator<INDArray> divisor) {
        INDArray w = flat(weight);
        INDArray g = flat(gradient);
        INDArray m = flat(mean);
        INDArray v = flat(square);
        if (step.decoupled()) {
            w.muli(1 - step.rate() * step.decay());
        } else if (step.decay() != 0) {
            g = g.add(w.mul(step.decay()));
        }
        m.muli(step.beta1()).addi(g.mul(1 - step.beta1()));
        v.muli(step.beta2()).addi(g.mul(1 - step.beta2()).muli(g));
        INDArray denominator = Transforms.sqrt(divisor.apply(v), true).divi(step.squareCorrection()).addi(step.epsilon());
        w.addi(m.mul(-step.correctedRate()).divi(denominator));
    }

    @Override
    public void lerp(INDArray target, INDArray source, double weight) {
        flat(target).muli(1 - weight).addi(flat(source).mul(weight));
    }

    @Override
    public void add(INDArray target, INDArray source, double factor) {
        flat(target).addi(flat(source).mul(factor));
    }

    @Override
    public void scale(INDArray array, double factor) {
        flat(array).muli(factor);
    }

    @Override
    public void clamp(INDArray array, double limit) {
        INDArray a = flat(array);
        Transforms.min(a, limit, false);
        Transforms.max(a, -limit, false);
    }

    @Override
    public double norm(INDArray array, double order) {
        INDArray a = flat(array).castTo(DataType.DOUBLE);
        if (order == 2) {
            return Math.sqrt(a.mul(a).sumNumber().doubleValue());
        }
        INDArray absolute = Transforms.abs(a, true);
        if (Double.isInfinite(order)) {
            // A maximum may pass over NaN; a sum does not.
            return Double.isNaN(absolute.sumNumber().doubleValue()) ? Double.NaN : absolute.maxNumber().doubleValue();
        }
        return Math.pow(Nd4j.math().pow(absolute, order).sumNumber().doubleValue(), 1 / order);
    }

    private static INDArray flat(INDArray array) {
        return array.rank() == 1 ? array : array.reshape('c', array.length());
    }
}
