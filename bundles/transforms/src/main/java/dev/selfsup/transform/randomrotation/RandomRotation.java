package dev.selfsup.transform.randomrotation;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Rotation;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Turns the image by a random angle, uniform in a range.
 *
 * <p>Replays {@code angle}: degrees, clockwise.
 */
public final class RandomRotation implements Transform, Replayable.Drawn {
    private static final String ANGLE = "angle";
    private final Config config;
    private final Rotation rotation;

    /**
     * Range and result.
     *
     * @param degrees smallest and largest angle, clockwise, or one number for -degrees to degrees
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area}, which is {@code bilinear}, or {@code lanczos}
     * @param expand whether the result has room for the whole turned image, rather than its size
     * @param center column and row about which the image is turned; by default its middle
     * @param fill value of the first channel, blue, outside the image; others are 0 there, as in the reference
     */
    public record Config(@Shorthand List<Double> degrees, @Default("nearest") String interpolation, @Default("false") boolean expand,
            @Default("[]") List<Double> center, @Default("0") int fill) {
        public Config {
            check(degrees.size() == 1 || degrees.size() == 2, "degrees must be one number or [smallest, largest], not %s", degrees);
            check(degrees.size() == 2 || degrees.get(0) >= 0, "degrees must be at least 0 where it is a single number, not %s", degrees.get(0));
            degrees = degrees.size() == 2 ? List.copyOf(degrees) : List.of(-degrees.get(0), degrees.get(0));
            Rotation.of(interpolation, new Rotation.Shape(center, expand, fill));
        }
    }

    /** From a config. */
    public RandomRotation(Config config) {
        this.config = config;
        this.rotation = Rotation.of(config.interpolation, new Rotation.Shape(config.center, config.expand, config.fill));
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        turn(sample, angle(random));
    }

    @Override
    public Choices draw(Sample sample, RandomGenerator random) {
        return Choices.of(Map.of(ANGLE, angle(random)));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        turn(sample, choices.number(ANGLE));
    }

    private double angle(RandomGenerator random) {
        double smallest = config.degrees.get(0);
        return smallest + random.nextDouble() * (config.degrees.get(1) - smallest);
    }

    private void turn(Sample sample, double angle) {
        sample.setImages(rotation.turn(sample.image(), angle));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomRotation")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomRotation(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("degrees", 0, "interpolation", spec.text("interpolation"));
        }

        /** A case has two results: of the image's size, and with room for all of it, on {@code fill: 7}. */
        @Override
        public List<Map<String, Object>> configs(Choices spec) {
            return List.of(config(spec), Map.of("degrees", 0, "interpolation", spec.text("interpolation"), "expand", true, "fill", 7));
        }
    }
}
