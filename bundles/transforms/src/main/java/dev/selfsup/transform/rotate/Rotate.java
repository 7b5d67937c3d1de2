package dev.selfsup.transform.rotate;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Rotation;
import dev.selfsup.transform.Augmentation;
import dev.selfsup.transform.Beyond;
import dev.selfsup.transform.Strength;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Component;

/** Turns an image clockwise. */
public final class Rotate {
    /**
     * Angle and what is shown around the image.
     *
     * @param angle by how many degrees, clockwise
     * @param center column and row about which it is turned; its middle if not given
     * @param scale by how much the image becomes larger
     * @param padVal value where there is no image: of each channel in the image's order, blue first; one number is that of the first channel, others are 0, as in
     *     the reference. 128 if not given
     * @param prob probability that the change is made
     * @param randomNegativeProb probability that the magnitude is negated
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area} or {@code lanczos}; {@code nearest} if not given
     * @param magnitudeLevel place in {@code magnitude_range}, on a scale from 0 to {@code total_level}
     * @param magnitudeRange magnitude at level 0 and at {@code total_level}
     * @param magnitudeStd standard deviation of the level; {@code inf} for a level that is uniform from 0 on
     * @param totalLevel end of the scale
     */
    public record Config(OptionalDouble angle, @Default("[]") List<Double> center, @Default("1") double scale,
            @Shorthand @Default("[]") List<Double> padVal, @Default("0.5") double prob, @Default("0.5") double randomNegativeProb,
            Optional<String> interpolation, @Default("10") double magnitudeLevel, @Default("[]") List<Double> magnitudeRange,
            @Default("0") Object magnitudeStd, @Default("10") double totalLevel) {
        public Config {
            center = List.copyOf(center);
            check(center.isEmpty() || center.size() == 2, "center must be [column, row], not %s", center);
            check(scale > 0, "scale must be positive, not %s", scale);
            Augmentation.Occasion.of(prob, randomNegativeProb);
            new Beyond(padVal, interpolation);
            Strength.of("angle", angle, magnitudeRange, magnitudeLevel, magnitudeStd, totalLevel);
        }
    }

    private Rotate() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Rotate", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new Augmentation(new Augmentation.Occasion(config.prob, config.randomNegativeProb, "nearest"),
                    Strength.of("angle", config.angle, config.magnitudeRange, config.magnitudeLevel, config.magnitudeStd, config.totalLevel),
                    new Beyond(config.padVal, config.interpolation), (image, angle, beyond, warp) -> warp.move(image,
                            Rotation.map(image, config.center, angle, config.scale), image.width(), image.height(), beyond.values()));
        }
    }
}
