package dev.selfsup.engine;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The passes over memory that change weights in place: optimizers, moving averages, clipping. All arrays are float32,
 * contiguous and of equal length. There is one implementation of plain ND4J operations, for every backend, and one
 * for the CPU that passes over memory once.
 */
public interface Updates extends AutoCloseable {
    /**
     * Stochastic gradient descent with momentum (PyTorch's):
     * {@code g += decay w; m = first ? g : momentum m + (1 - dampening) g; w -= rate (nesterov ? g + momentum m : m)}.
     * The gradient is left as it was.
     *
     * @param momentumBuffer unused where momentum is 0
     * @param first whether this is the weight's first step
     */
    void sgd(INDArray weight, INDArray gradient, INDArray momentumBuffer, SgdStep step, boolean first);

    /**
     * Options of {@link #sgd}.
     *
     * @param rate learning rate
     * @param momentum factor on the momentum buffer; 0 for none
     * @param dampening what is left out of the gradient on its way into the momentum buffer
     * @param decay weight decay
     * @param nesterov whether the step looks ahead along the momentum
     * @param gradientScale factor on (gradient + decay weight) before momentum; LARS's local rate, else 1
     */
    record SgdStep(double rate, double momentum, double dampening, double decay, boolean nesterov, double gradientScale) {}

    /** As {@link #sgd(INDArray, INDArray, INDArray, SgdStep, boolean)} with what changes from step to step beside the options, which so can be kept. */
    default void sgd(INDArray weight, INDArray gradient, INDArray momentumBuffer, SgdStep step, double rate, double gradientScale, boolean first) {
        sgd(weight, gradient, momentumBuffer, new SgdStep(rate, step.momentum, step.dampening, step.decay, step.nesterov, gradientScale), first);
    }

    /** Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019, {@code decoupled}) as PyTorch computes them. */
    void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step);

    /** As {@link #adam(INDArray, INDArray, INDArray, INDArray, AdamStep)} with what changes from step to step beside the options, which so can be kept. */
    default void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step, double rate, long number) {
        adam(weight, gradient, mean, square, new AdamStep(rate, step.beta1, step.beta2, step.epsilon, step.decay, step.decoupled, number));
    }

    /**
     * The variant of Adam that divides by the largest mean square there was (Reddi, Kale and Kumar, ICLR 2018), as PyTorch computes it.
     *
     * @param largest the largest mean square of all steps, updated
     */
    default void amsgrad(INDArray weight, INDArray gradient, INDArray mean, INDArray square, INDArray largest, AdamStep step) {
        PlainUpdates.adam(weight, gradient, mean, square, step, moment -> {
            INDArray most = largest.reshape(largest.length());
            most.assign(Transforms.max(most, moment, true));
            return most;
        });
    }

    /**
     * Options of {@link #adam}.
     *
     * @param rate learning rate
     * @param beta1 decay of the mean
     * @param beta2 decay of the mean square
     * @param epsilon added to the root of the mean square
     * @param decay weight decay
     * @param decoupled decay the weight itself rather than add to the gradient
     * @param number of this step, from 1
     */
    record AdamStep(double rate, double beta1, double beta2, double epsilon, double decay, boolean decoupled, long number) {
        /** The rate over the mean's bias correction: {@code rate / (1 - beta1^number)}. */
        public double correctedRate() {
            return correctedRate(rate, number);
        }

        /** The same for another rate and number. */
        double correctedRate(double ofRate, long ofNumber) {
            return ofRate / (1 - Math.pow(beta1, ofNumber));
        }

        /** The root of the mean square's bias correction: {@code sqrt(1 - beta2^number)}. */
        public double squareCorrection() {
            return squareCorrection(number);
        }

        /** The same for another number. */
        double squareCorrection(long ofNumber) {
            return Math.sqrt(1 - Math.pow(beta2, ofNumber));
        }
    }

    /** {@code target = (1 - weight) target + weight source}: the moving average of momentum encoders and EMA. */
    void lerp(INDArray target, INDArray source, double weight);

    /** {@code target += factor source}: gradient accumulation. */
    void add(INDArray target, INDArray source, double factor);

    /** {@code array *= factor}. */
    void scale(INDArray array, double factor);

    /** {@code array = min(max(array, -limit), limit)}. */
    void clamp(INDArray array, double limit);

    /** {@code array = value}. */
    default void fill(INDArray array, double value) {
        array.assign(value);
    }

    /**
     * The norm {@code (sum |x|^order)^(1/order)}, summed in double precision in a fixed order; NaN if an element is NaN.
     *
     * @param order at least 1; {@link Double#POSITIVE_INFINITY} for the largest absolute value
     */
    double norm(INDArray array, double order);

    /** The Euclidean norm. */
    default double norm(INDArray array) {
        return norm(array, 2);
    }

    /** Ends the threads that work for this, if there are any; it must not be used any more. */
    @Override
    default void close() {}
}
