package dev.selfsup.runtime.parity;

import dev.selfsup.checkpoint.Tensor;
import java.util.Map;
import java.util.Optional;

/** Computes what a recorded case computed. */
interface Replay {
    /** Why the case cannot be replayed here, as a type that is not installed; empty if it can. */
    Optional<String> obstacle(Recording recording);

    /**
     * Computes.
     *
     * @param recording config, inputs and initial state
     * @return values by the names of the fixtures' outputs; also such that the case does not record
     */
    Map<String, Tensor> replay(Recording recording);
}
