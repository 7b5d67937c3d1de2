package dev.selfsup.transform;

import static dev.selfsup.api.component.Check.check;

import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;

/**
 * How strongly an augmentation acts: a fixed magnitude, or a place in a range that a level on a scale says, with noise.
 *
 * @param fixed the magnitude, if it is fixed
 * @param range magnitude at level 0 and at the end of the scale, else; empty where there is a fixed one
 * @param level place on the scale
 * @param std standard deviation of the level; infinite for a level uniform from 0 to {@code level}; not positive for none
 * @param total end of the scale
 */
public record Strength(OptionalDouble fixed, List<Double> range, double level, double std, double total) {
    /** Of augmentations that have no magnitude. */
    public static final Strength NONE = new Strength(OptionalDouble.of(0), List.of(), 0, 0, 1);

    public Strength {
        range = List.copyOf(range);
        check(range.isEmpty() || range.size() == 2, "magnitude_range must be [at level 0, at the highest level], not %s", range);
        check(level >= 0, "magnitude_level must be at least 0, not %s", level);
        check(total > 0, "total_level must be positive, not %s", total);
    }

    /**
     * The strength of a config.
     *
     * @param key the key of the fixed magnitude
     * @param fixed its value
     * @param std number, or {@code inf}
     * @throws IllegalArgumentException if not exactly one of the fixed magnitude and the range is given
     */
    public static Strength of(String key, OptionalDouble fixed, List<Double> range, double level, Object std, double total) {
        check(fixed.isPresent() == range.isEmpty(), "%s or magnitude_range must be given, and not both", key);
        return new Strength(fixed, range, level, deviation(std), total);
    }

    /** The {@code magnitude_std} of a config. */
    public static double deviation(Object std) {
        if (std instanceof Number number) {
            return number.doubleValue();
        }
        check("inf".equals(std), "magnitude_std must be a number or inf, not %s", std);
        return Double.POSITIVE_INFINITY;
    }

    /** The same range at another level; what is fixed stays. */
    Strength at(Strength other) {
        return new Strength(fixed, range, other.level, other.std, other.total);
    }

    /** Draws a magnitude. */
    double draw(RandomGenerator random) {
        if (fixed.isPresent()) {
            return fixed.getAsDouble();
        }
        double drawn = level;
        if (std == Double.POSITIVE_INFINITY) {
            drawn = random.nextDouble() * level;
        } else if (std > 0) {
            drawn = Math.min(total, Math.max(0, level + std * random.nextGaussian()));
        }
        return drawn / total * (range.get(1) - range.get(0)) + range.get(0);
    }
}
