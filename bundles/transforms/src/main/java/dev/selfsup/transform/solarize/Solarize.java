package dev.selfsup.transform.solarize;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvColor;
import dev.selfsup.transform.Augmentation;
import dev.selfsup.transform.Beyond;
import dev.selfsup.transform.Strength;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Component;

/** Inverts all values from a threshold on. */
public final class Solarize {
    /**
     * Threshold and probability.
     *
     * @param thr smallest value that is inverted
     * @param prob probability that the change is made
     * @param magnitudeLevel place in {@code magnitude_range}, on a scale from 0 to {@code total_level}
     * @param magnitudeRange magnitude at level 0 and at {@code total_level}
     * @param magnitudeStd standard deviation of the level; {@code inf} for a level that is uniform from 0 on
     * @param totalLevel end of the scale
     */
    public record Config(OptionalDouble thr, @Default("0.5") double prob, @Default("10") double magnitudeLevel,
            @Default("[]") List<Double> magnitudeRange, @Default("0") Object magnitudeStd, @Default("10") double totalLevel) {
        public Config {
            Augmentation.Occasion.of(prob, 0);
            strength(thr, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel);
        }

        private Augmentation of(Augmentation.Change change) {
            return new Augmentation(Augmentation.Occasion.of(prob, 0), strength(thr, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel),
                    new Beyond(List.of(), Optional.empty()), change);
        }

        private static Strength strength(OptionalDouble fixed, List<Double> range, double level, Object std, double total) {
            return Strength.of("thr", fixed, range, level, std, total);
        }
    }

    private Solarize() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Solarize", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return config.of((image, threshold, beyond, warp) -> {
                CvColor.map(image, value -> value < threshold ? value : 255 - value);
                return image;
            });
        }
    }
}
