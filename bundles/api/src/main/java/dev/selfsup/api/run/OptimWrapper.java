package dev.selfsup.api.run;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Kind;
import java.util.Optional;
import java.util.OptionalDouble;
import org.osgi.annotation.versioning.ConsumerType;

/** An optimizer and what happens to gradients before it. */
@Kind(value = "optim_wrapper", defaultType = "OptimWrapper")
@ConsumerType
public interface OptimWrapper {
    /** The optimizer. */
    Optimizer optimizer();

    /** How weights are grouped. */
    ParamGroups paramGroups();

    /** Loss calls whose mean gradient makes one update. */
    int accumulativeCounts();

    /** How gradients are clipped, if they are. */
    Optional<ClipGrad> clipGrad();

    /** Whether half precision is asked for. */
    boolean amp();

    /**
     * Clipping, as configured by {@code clip_grad}.
     *
     * @param type whether the norm of all gradients together or each of their elements is limited
     * @param maxNorm largest norm; must be given for {@code norm}, and only there
     * @param normType order of the norm, at least 1; {@code .inf} for the largest absolute value
     * @param errorIfNonfinite whether a norm that is not finite ends the run
     * @param clipValue largest absolute value of an element; must be given for {@code value}, and only there
     */
    record ClipGrad(
            @Default("norm") Type type,
            OptionalDouble maxNorm,
            @Default("2.0") double normType,
            @Default("false") boolean errorIfNonfinite,
            OptionalDouble clipValue) {
        /** What is limited. */
        public enum Type {
            /** The norm of all gradients together. */
            NORM,
            /** Each element. */
            VALUE
        }

        /** Checks the values. */
        public ClipGrad {
            Check.check(maxNorm.isPresent() == (type == Type.NORM), "max_norm must be given for type: norm and not for type: value");
            Check.check(clipValue.isPresent() == (type == Type.VALUE), "clip_value must be given for type: value and not for type: norm");
            Check.check(maxNorm.orElse(1) > 0, "max_norm must be positive, not %s", maxNorm.orElse(1));
            Check.check(clipValue.orElse(1) > 0, "clip_value must be positive, not %s", clipValue.orElse(1));
            Check.check(normType >= 1, "norm_type must be at least 1, not %s", normType);
        }

        /** Clipping by the Euclidean norm. */
        public static ClipGrad byNorm(double maxNorm) {
            return new ClipGrad(Type.NORM, OptionalDouble.of(maxNorm), 2, false, OptionalDouble.empty());
        }
    }
}
