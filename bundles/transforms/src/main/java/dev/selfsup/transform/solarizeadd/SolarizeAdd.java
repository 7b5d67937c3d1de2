package dev.selfsup.transform.solarizeadd;

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

/** Adds to all values below a threshold, up to 255. */
public final class SolarizeAdd {
    /**
     * What is added, and to what.
     *
     * @param magnitude what is added
     * @param thr values below are changed
     * @param prob probability that the change is made
     * @param magnitudeLevel place in {@code magnitude_range}, on a scale from 0 to {@code total_level}
     * @param magnitudeRange magnitude at level 0 and at {@code total_level}
     * @param magnitudeStd standard deviation of the level; {@code inf} for a level that is uniform from 0 on
     * @param totalLevel end of the scale
     */
    public record Config(OptionalDouble magnitude, @Default("128") double thr, @Default("0.5") double prob, @Default("10") double magnitudeLevel,
            @Default("[]") List<Double> magnitudeRange, @Default("0") Object magnitudeStd, @Default("10") double totalLevel) {
        public Config {
            Augmentation.Occasion.of(prob, 0);
            strength(magnitude, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel);
        }

        private Augmentation of(Augmentation.Change change) {
            return new Augmentation(Augmentation.Occasion.of(prob, 0), strength(magnitude, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel),
                    new Beyond(List.of(), Optional.empty()), change);
        }

        private static Strength strength(OptionalDouble fixed, List<Double> range, double level, Object std, double total) {
            return Strength.of("magnitude", fixed, range, level, std, total);
        }
    }

    private SolarizeAdd() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "SolarizeAdd", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return config.of((image, added, beyond, warp) -> {
                CvColor.map(image, value -> value < config.thr ? (int) Math.min(255, value + added) : value);
                return image;
            });
        }
    }
}
