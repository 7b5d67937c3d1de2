package dev.selfsup.runtime.parity;

import dev.selfsup.checkpoint.Tensor;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

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

    /** A replay of something with gradients, which jump where a rectifier or a maximum changes sides. */
    interface Differentiating extends Replay {
        /**
         * Computes what has gradients.
         *
         * @param precision FLOAT with the kernels of runs, or DOUBLE with plain ones
         * @return some of the values of {@link #replay}, those that depend on the inputs in one step
         */
        Map<String, Tensor> step(Recording recording, DataType precision);
    }
}
