package dev.selfsup.transform;

import dev.selfsup.api.component.Default;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Keys of an augmentation that multiplies something by one plus its magnitude.
 *
 * @param magnitude the magnitude: positive for more, negative for less, 0 for no change
 * @param prob probability that the change is made
 * @param randomNegativeProb probability that the magnitude is negated
 * @param magnitudeLevel place in {@code magnitude_range}, on a scale from 0 to {@code total_level}
 * @param magnitudeRange magnitude at level 0 and at {@code total_level}
 * @param magnitudeStd standard deviation of the level; {@code inf} for a level that is uniform from 0 on
 * @param totalLevel end of the scale
 */
public record FactorConfig(OptionalDouble magnitude, @Default("0.5") double prob, @Default("0.5") double randomNegativeProb,
        @Default("10") double magnitudeLevel, @Default("[]") List<Double> magnitudeRange, @Default("0") Object magnitudeStd,
        @Default("10") double totalLevel) {
    public FactorConfig {
        Augmentation.Occasion.of(prob, randomNegativeProb);
        Strength.of("magnitude", magnitude, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel);
    }

    /** An augmentation with these keys. */
    public Augmentation of(Augmentation.Change change) {
        return new Augmentation(Augmentation.Occasion.of(prob, randomNegativeProb),
                Strength.of("magnitude", magnitude, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel), new Beyond(List.of(), Optional.empty()), change);
    }
}
