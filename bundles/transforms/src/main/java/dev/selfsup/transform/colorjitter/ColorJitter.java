package dev.selfsup.transform.colorjitter;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Changes brightness, contrast, saturation and hue in random order, each by a factor (hue: a part of a turn) that is
 * uniform in its range. A single number v is the range [max(0, 1 - v), 1 + v], for hue [-v, v]; 0 leaves it alone.
 *
 * <p>Replays {@code brightness}, {@code contrast}, {@code saturation}, {@code hue}, each absent if it was left alone,
 * and {@code order}: the numbers 0 to 3 of brightness, contrast, saturation, hue in the order in which they act.
 */
public final class ColorJitter implements Transform, Replayable {
    private static final List<String> NAMES = List.of("brightness", "contrast", "saturation", "hue");
    private final List<List<Double>> ranges;
    private final Backend backend;

    /** The library whose arithmetic is followed. */
    public enum Backend {
        /** OpenCV. */
        CV2,
        /** Pillow. */
        PILLOW
    }

    /**
     * Ranges of the factors.
     *
     * @param brightness a number, or [smallest, largest] factor
     * @param contrast a number, or [smallest, largest] factor of the distance from the mean
     * @param saturation a number, or [smallest, largest] factor of the distance from grey
     * @param hue a number, or [smallest, largest] part of a turn, within [-0.5, 0.5]
     * @param backend {@code pillow} or {@code cv2}
     */
    public record Config(@Default("0") @Shorthand List<Double> brightness, @Default("0") @Shorthand List<Double> contrast,
            @Default("0") @Shorthand List<Double> saturation, @Default("0") @Shorthand List<Double> hue,
            @Default("pillow") Backend backend) {
        public Config {
            brightness = range("brightness", brightness, 1, 0, Double.POSITIVE_INFINITY);
            contrast = range("contrast", contrast, 1, 0, Double.POSITIVE_INFINITY);
            saturation = range("saturation", saturation, 1, 0, Double.POSITIVE_INFINITY);
            hue = range("hue", hue, 0, -0.5, 0.5);
        }

        /** The range that a value means; empty where nothing changes. */
        private static List<Double> range(String key, List<Double> value, double neutral, double least, double most) {
            if (value.isEmpty()) {
                return List.of();
            }
            check(value.size() <= 2, "%s must be a number or [smallest, largest], not %s", key, value);
            double first = value.get(0);
            check(value.size() == 2 || first >= 0, "%s must be at least 0 where it is a single number, not %s", key, first);
            double low = value.size() == 2 ? first : Math.max(neutral - first, neutral - 1);
            double high = value.size() == 2 ? value.get(1) : neutral + first;
            check(least <= low && low <= high && high <= most, "%s must lie within [%s, %s], smaller value first, not %s", key, least, most,
                    value);
            return low == neutral && high == neutral ? List.of() : List.of(low, high);
        }
    }

    /** From a config. */
    public ColorJitter(Config config) {
        this.ranges = List.of(config.brightness, config.contrast, config.saturation, config.hue);
        this.backend = config.backend;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        int[] order = {0, 1, 2, 3};
        for (int i = 3; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        OptionalDouble[] factors = new OptionalDouble[4];
        for (int i = 0; i < 4; i++) {
            List<Double> range = ranges.get(i);
            factors[i] = range.isEmpty() ? OptionalDouble.empty()
                    : OptionalDouble.of(range.get(0) + random.nextDouble() * (range.get(1) - range.get(0)));
        }
        change(sample.image(), order, factors);
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        OptionalDouble[] factors = NAMES.stream()
                .map(name -> choices.has(name) ? OptionalDouble.of(choices.number(name)) : OptionalDouble.empty())
                .toArray(OptionalDouble[]::new);
        change(sample.image(), choices.integers("order"), factors);
    }

    private void change(Image image, int[] order, OptionalDouble[] factors) {
        if (image.channels() != 3) {
            throw new UsageException("ColorJitter: the image must have 3 channels, not " + image.channels()
                    + "; put it before RandomGrayscale, or set keep_channels: true there");
        }
        try (ColorChange change = backend == Backend.PILLOW ? PillowChange.of(image.data()) : new CvChange(image)) {
            for (int number : order) {
                if (factors[number].isPresent()) {
                    double factor = factors[number].getAsDouble();
                    switch (number) {
                        case 0 -> change.brightness(factor);
                        case 1 -> change.contrast(factor);
                        case 2 -> change.saturation(factor);
                        default -> change.hue(factor);
                    }
                }
            }
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "ColorJitter")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new ColorJitter(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("backend", spec.text("backend"));
        }
    }

    /**
     * The same with the arithmetic of OpenCV, as mmcls has it.
     *
     * @param brightness a number, or [smallest, largest] factor
     * @param contrast a number, or [smallest, largest] factor of the distance from the mean
     * @param saturation a number, or [smallest, largest] factor of the distance from grey
     * @param hue a number, or [smallest, largest] part of a turn, within [-0.5, 0.5]
     */
    public record ClassificationConfig(@Default("0") @Shorthand List<Double> brightness, @Default("0") @Shorthand List<Double> contrast,
            @Default("0") @Shorthand List<Double> saturation, @Default("0") @Shorthand List<Double> hue) {
        public ClassificationConfig {
            new Config(brightness, contrast, saturation, hue, Backend.CV2);
        }
    }

    /** Publishes the type of mmcls. */
    @Component
    @TypeName(kind = "transform", name = "ColorJitter", scope = "mmcls")
    public static final class ClassificationFactory implements ComponentFactory<Transform, ClassificationConfig> {
        @Override
        public Transform create(ClassificationConfig config) {
            return new ColorJitter(new Config(config.brightness, config.contrast, config.saturation, config.hue, Backend.CV2));
        }
    }
}
