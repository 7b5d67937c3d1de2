package dev.selfsup.api.run;

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
     * Clipping.
     *
     * @param maxNorm largest norm over all weights together, for {@code clip_grad: {max_norm: ...}}
     * @param normType order of the norm: 2, or infinity
     * @param clipValue largest absolute value of an element, for {@code {type: value, clip_value: ...}}
     */
    record ClipGrad(OptionalDouble maxNorm, double normType, OptionalDouble clipValue) {}
}
