package dev.selfsup.optimization;

import dev.selfsup.api.run.OptimWrapper.ClipGrad;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Updates;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Limits the norm of all gradients together, or each of their elements, as PyTorch does. */
final class GradientClipping {
    /** What PyTorch adds to the norm. */
    private static final float EPSILON = 1e-6f;

    private final Optional<ClipGrad> clip;
    private final List<INDArray> gradients;
    private final Updates updates;
    private OptionalDouble lastNorm = OptionalDouble.empty();

    GradientClipping(Optional<ClipGrad> clip, List<INDArray> gradients, Updates updates) {
        this.clip = clip;
        this.gradients = gradients;
        this.updates = updates;
    }

    void clip() {
        clip.ifPresent(options -> {
            options.clipValue().ifPresent(limit -> gradients.forEach(g -> updates.clamp(g, limit)));
            options.maxNorm().ifPresent(limit -> clipNorm(options, limit));
        });
    }

    private void clipNorm(ClipGrad options, double limit) {
        double norm = norm(options.normType());
        lastNorm = OptionalDouble.of(norm);
        if (options.errorIfNonfinite() && !Double.isFinite(norm)) {
            throw new UsageException("the norm of the gradient is " + norm + " (clip_grad.error_if_nonfinite): lower the learning rate", 1);
        }
        float factor = Math.min(1, (float) limit / ((float) norm + EPSILON));
        if (factor != 1) {
            gradients.forEach(g -> updates.scale(g, factor));
        }
    }

    private double norm(double order) {
        double total = 0;
        for (INDArray gradient : gradients) {
            double norm = updates.norm(gradient, order);
            total = Double.isInfinite(order) ? Math.max(total, norm) : total + Math.pow(norm, order);
        }
        return Double.isInfinite(order) ? total : Math.pow(total, 1 / order);
    }

    OptionalDouble lastNorm() {
        return lastNorm;
    }
}
