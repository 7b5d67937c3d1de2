package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import org.osgi.annotation.versioning.ConsumerType;

/** How long a run lasts, and in what it is counted: the value of {@code train_cfg}. */
@Kind(value = "loop", defaultType = "EpochBasedTrainLoop")
@ConsumerType
public interface Loop {
    /** Whether the run is counted in epochs rather than iterations. */
    boolean byEpoch();

    /** Epochs or iterations of the run. */
    int limit();

    /**
     * Whether there is validation after some epochs or iterations, where there is a {@code val_dataloader}; by default after every epoch.
     *
     * @param finished epochs or iterations
     */
    default boolean validatesAfter(int finished) {
        return byEpoch();
    }
}
