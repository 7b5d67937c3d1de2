package dev.selfsup.api.data;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A transform whose random choices can be given instead of drawn, so that a recorded result can be compared pixel by
 * pixel. Its factory tells, as {@link Recorded}, how a recorded case configures it:
 *
 * <pre>{@code
 * Map<String, Object> config = ((Replayable.Recorded) factory).config(choices);   // bind it as any other config
 * ((Replayable) transform).replay(sample, choices);
 * }</pre>
 */
public interface Replayable {
    /**
     * Changes the sample as {@link Transform#apply} does, with choices given. What is applied with some probability
     * is applied.
     *
     * @param sample the sample, changed in place
     * @param choices choices by the names that the transform's Javadoc lists
     * @throws IllegalArgumentException if a choice is missing
     */
    void replay(Sample sample, Choices choices);

    /** A replayable transform that can tell its choices without making them, for statistics of how it draws. */
    interface Drawn extends Replayable {
        /**
         * Draws.
         *
         * @param sample the sample that is not changed
         * @param random its generator
         * @return what {@link Transform#apply} would choose, under the names that {@link Replayable#replay} takes
         */
        Choices draw(Sample sample, RandomGenerator random);
    }

    /** The factory of a replayable transform. */
    interface Recorded {
        /**
         * The config that a recorded case stands for.
         *
         * @param spec arguments and choices of the case
         * @return config of the transform as parsed YAML, without {@code type}
         */
        Map<String, Object> config(Choices spec);

        /**
         * The configs that a recorded case stands for, where it has results of several: each gives its own, in their order.
         *
         * @param spec arguments and choices of the case
         * @return configs as {@link #config} gives them
         */
        default List<Map<String, Object>> configs(Choices spec) {
            return List.of(config(spec));
        }
    }
}
