package dev.selfsup.transform;

import dev.selfsup.api.component.Default;
import java.util.List;

/**
 * Keys of an augmentation that has no magnitude.
 *
 * @param prob probability that the change is made
 * @param randomNegativeProb has no effect
 * @param magnitudeLevel has no effect
 * @param magnitudeRange has no effect
 * @param magnitudeStd has no effect
 * @param totalLevel has no effect
 */
public record UnscaledConfig(@Default("0.5") double prob, @Default("0.5") double randomNegativeProb, @Default("10") double magnitudeLevel,
        @Default("[]") List<Double> magnitudeRange, @Default("0") Object magnitudeStd, @Default("10") double totalLevel) {
    public UnscaledConfig {
        Augmentation.Occasion.of(prob, randomNegativeProb);
        new Strength(java.util.OptionalDouble.empty(), magnitudeRange, magnitudeLevel, Strength.deviation(magnitudeStd), totalLevel);
    }

    /** An augmentation with these keys. */
    public Augmentation of(Augmentation.Change change) {
        return new Augmentation(Augmentation.Occasion.of(prob, 0), Strength.NONE, new Beyond(List.of(), java.util.Optional.empty()), change);
    }
}
