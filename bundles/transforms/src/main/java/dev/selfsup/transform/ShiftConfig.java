package dev.selfsup.transform;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Keys of an augmentation that moves pixels along one direction.
 *
 * @param magnitude how far, as a part of the image's size
 * @param padVal value where there is no image: of each channel in the image's order, blue first, or one for all; 128 if not given
 * @param prob probability that the change is made
 * @param direction {@code horizontal} or {@code vertical}
 * @param randomNegativeProb probability that the magnitude is negated
 * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area} or {@code lanczos}; {@code bicubic} for Shear, {@code nearest} for
 *     Translate if not given
 * @param magnitudeLevel place in {@code magnitude_range}, on a scale from 0 to {@code total_level}
 * @param magnitudeRange magnitude at level 0 and at {@code total_level}
 * @param magnitudeStd standard deviation of the level; {@code inf} for a level that is uniform from 0 on
 * @param totalLevel end of the scale
 */
public record ShiftConfig(OptionalDouble magnitude, @Shorthand @Default("[]") List<Double> padVal, @Default("0.5") double prob,
        @Default("horizontal") Direction direction, @Default("0.5") double randomNegativeProb, Optional<String> interpolation,
        @Default("10") double magnitudeLevel, @Default("[]") List<Double> magnitudeRange, @Default("0") Object magnitudeStd,
        @Default("10") double totalLevel) {
    /** Where pixels move. */
    public enum Direction {
        /** Along the rows. */
        HORIZONTAL,
        /** Along the columns. */
        VERTICAL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ShiftConfig {
        Augmentation.Occasion.of(prob, randomNegativeProb);
        new Beyond(padVal, interpolation);
        Strength.of("magnitude", magnitude, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel);
    }

    /** Whether pixels move along the rows. */
    public boolean horizontal() {
        return direction == Direction.HORIZONTAL;
    }

    /**
     * An augmentation with these keys.
     *
     * @param otherwise interpolation where none is given
     */
    public Augmentation of(String otherwise, Augmentation.Change change) {
        return new Augmentation(new Augmentation.Occasion(prob, randomNegativeProb, otherwise),
                Strength.of("magnitude", magnitude, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel), new Beyond(padVal, interpolation), change);
    }
}
