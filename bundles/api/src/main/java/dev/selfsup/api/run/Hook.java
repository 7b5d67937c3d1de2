package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What happens beside training, at given points of a run. Hooks of one priority are called in the order of the config,
 * {@code default_hooks} first. An exception ends the run.
 */
@Kind("hook")
@ConsumerType
public interface Hook {
    /** Order among hooks. */
    default Priority priority() {
        return Priority.NORMAL;
    }

    /**
     * Before the model is built; also when a run is resumed. Here a hook makes buffers for a part of the model, which finds them by {@link Graph#given}:
     * they are state of the model, so that checkpoints hold them.
     *
     * @param graph the model's place
     */
    default void beforeModel(Graph graph) {}

    /** Once, when weights are made or loaded and before the first iteration; also when a run is resumed. */
    default void beforeTrain(Run run) {}

    /** Before each epoch; also when a run is resumed within it. */
    default void beforeTrainEpoch(Run run) {}

    /** Before each iteration. */
    default void beforeTrainIter(Run run) {}

    /** After each iteration, when weights are updated; {@link Run#iteration} counts it already. */
    default void afterTrainIter(Run run) {}

    /** After each epoch; {@link Run#epoch} counts it already. */
    default void afterTrainEpoch(Run run) {}

    /** Before features are computed by {@link Run#features}. */
    default void beforeEvaluation(Run run) {}

    /** After features were computed. */
    default void afterEvaluation(Run run) {}

    /**
     * After features were computed for some hook by {@link Run#features}, for others that look at features too.
     *
     * @param features what that hook gets
     */
    default void afterFeatures(Run run, Features features) {}

    /**
     * After the model was judged by the images of {@code val_dataloader}, before {@link #afterTrainEpoch} or {@link #afterTrainIter} of that point.
     *
     * @param figures figures by name in the order of the metrics, as {@code accuracy/top1}; {@link Run#latest} gives them too
     */
    default void afterValidation(Run run, Map<String, Double> figures) {}

    /** Once, when training has reached its end; not when it is interrupted. */
    default void afterTrain(Run run) {}

    /** Name under which checkpoints keep the hook's state; unique among the hooks of a run. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** State for a checkpoint. */
    default State state() {
        return State.NONE;
    }

    /** Takes over the state of a checkpoint, before {@link #beforeTrain}. */
    default void restore(State state) {}
}
