package dev.selfsup.api.run;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Updates;
import java.util.List;
import java.util.Optional;
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

    /** How the rate falls from layer to layer, {@code model_type} and {@code layer_decay_rate}; empty where the config does not say so. */
    default Optional<LayerDecay> layerDecay() {
        return Optional.empty();
    }

    /**
     * Learning rates that fall from the last layer of a backbone to the first.
     *
     * @param model what the layers of the backbone are called by: {@code vit}, {@code swin} or {@code mixmim}
     * @param factor the rate of a layer, in that of the next one
     */
    record LayerDecay(String model, double factor) {
        /** Checks the values. */
        public LayerDecay {
            Check.check(List.of("vit", "swin", "mixmim").contains(model), "model_type must be vit, swin or mixmim, not %s", model);
            Check.check(factor > 0, "layer_decay_rate must be positive, not %s", factor);
        }

        /** The decay of a config; empty where it names no type of model. */
        public static Optional<LayerDecay> of(Optional<String> modelType, double layerDecayRate) {
            return modelType.map(type -> new LayerDecay(type, layerDecayRate));
        }
    }

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
