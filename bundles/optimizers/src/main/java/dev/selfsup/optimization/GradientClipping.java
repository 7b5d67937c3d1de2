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
    private boolean measured;
    private double lastNorm;

    GradientClipping(Optional<ClipGrad> clip, List<INDArray> gradients, Updates updates) {
        this.clip = clip;
        this.gradients = gradients;
        this.updates = updates;
    }

    void clip() {
        if (clip.isEmpty()) {
            return;
        }
        ClipGrad options = clip.get();
        if (options.clipValue().isPresent()) {
            for (int i = 0; i < gradients.size(); i++) {
                updates.clamp(gradients.get(i), options.clipValue().getAsDouble());
            }
        }
        if (options.maxNorm().isPresent()) {
            clipNorm(options, options.maxNorm().getAsDouble());
        }
    }

    private void clipNorm(ClipGrad options, double limit) {
        double norm = norm(options.normType());
        lastNorm = norm;
        measured = true;
        if (options.errorIfNonfinite() && !Double.isFinite(norm)) {
            throw new UsageException("the norm of the gradient is " + norm + " (clip_grad.error_if_nonfinite): lower the learning rate", 1);
        }
        float factor = Math.min(1, (float) limit / ((float) norm + EPSILON));
        if (factor != 1) {
            for (int i = 0; i < gradients.size(); i++) {
                updates.scale(gradients.get(i), factor);
            }
        }
    }

    private double norm(double order) {
        double total = 0;
        for (int i = 0; i < gradients.size(); i++) {
            double norm = updates.norm(gradients.get(i), order);
            total = Double.isInfinite(order) ? Math.max(total, norm) : total + Math.pow(norm, order);
        }
        return Double.isInfinite(order) ? total : Math.pow(total, 1 / order);
    }

    OptionalDouble lastNorm() {
        return measured ? OptionalDouble.of(lastNorm) : OptionalDouble.empty();
    }
}
