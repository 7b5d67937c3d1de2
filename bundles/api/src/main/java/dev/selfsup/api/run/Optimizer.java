package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Updates;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.annotation.versioning.ConsumerType;

/** The rule by which a gradient changes a weight. It has no state of its own: the run keeps and saves it. */
@Kind("optimizer")
@ConsumerType
public interface Optimizer {
    /** Learning rate as configured. */
    double lr();

    /** Weight decay as configured. */
    double weightDecay();

    /** Names of the arrays kept for every weight, each of the weight's shape and zero at first, as {@code momentum_buffer}. */
    List<String> stateNames();

    /** Whether the rule treats every element alone, so that neighbouring weights of one group may be updated as one. */
    boolean elementwise();

    /**
     * Updates a weight in place.
     *
     * @param slice the weight, its gradient and its state
     * @param group options of its group
     * @param step updates made before, from 0
     * @param updates the passes over memory to use
     */
    void update(Slice slice, ParamGroup group, long step, Updates updates);

    /**
     * A weight, or a run of neighbouring weights, in the flat buffers.
     *
     * @param value the weight
     * @param gradient its gradient
     * @param state arrays in the order of {@link #stateNames}
     */
    record Slice(INDArray value, INDArray gradient, List<INDArray> state) {}
}
