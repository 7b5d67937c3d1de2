package dev.selfsup.transform.randomerasing;

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
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Fills a random box of the image with a colour or noise (Zhong et al. 2017, <a href="https://arxiv.org/abs/1708.04896">arXiv:1708.04896</a>). The box's area is uniform
 * between two shares of the image's, its height / width log-uniform; what is larger than the image is cut.
 *
 * <p>Replays {@code ymin_xmin_h_w}, four whole numbers, for a box of one colour.
 */
public final class RandomErasing implements Transform, Replayable.Drawn {
    private static final String BOX = "ymin_xmin_h_w";
    private static final int CHANNELS = 3;
    private final Config config;

    /** What fills the box. */
    public enum Mode {
        /** One colour. */
        CONST,
        /** Another colour for each pixel. */
        RAND;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Box and filling.
     *
     * @param eraseProb probability that a box is filled
     * @param minAreaRatio least part of the image's area
     * @param maxAreaRatio largest part of the image's area
     * @param aspectRange least and largest height / width; one number a is [a, 1 / a] or [1 / a, a]
     * @param mode {@code const} for one colour, {@code rand} for noise
     * @param fillColor colour, or mean of the noise, of each channel in the image's order, blue first, or one number
     * @param fillStd standard deviation of the noise of each channel, or one number; without it all values are equally likely
     */
    public record Config(@Default("0.5") double eraseProb, @Default("0.02") double minAreaRatio, @Default("0.4") double maxAreaRatio,
            @Shorthand @Default("[0.3, 3.3333333333333335]") List<Double> aspectRange, @Default("const") Mode mode,
            @Shorthand @Default("[128, 128, 128]") List<Double> fillColor, @Shorthand @Default("[]") List<Double> fillStd) {
        public Config {
            aspectRange = List.copyOf(aspectRange);
            check(eraseProb >= 0 && eraseProb <= 1, "erase_prob must be between 0 and 1, not %s", eraseProb);
            check(minAreaRatio >= 0 && minAreaRatio <= 1, "min_area_ratio must be between 0 and 1, not %s", minAreaRatio);
            check(maxAreaRatio >= minAreaRatio && maxAreaRatio <= 1, "max_area_ratio must be between min_area_ratio, %s, and 1, not %s", minAreaRatio,
                    maxAreaRatio);
            check(!aspectRange.isEmpty() && aspectRange.size() <= 2 && aspectRange.stream().allMatch(ratio -> ratio > 0),
                    "aspect_range must be a positive number or two, not %s", aspectRange);
            if (aspectRange.size() == 1) {
                double ratio = Math.min(aspectRange.get(0), 1 / aspectRange.get(0));
                aspectRange = List.of(ratio, 1 / ratio);
            }
            check(aspectRange.get(0) <= aspectRange.get(1), "aspect_range must have the smaller number first, not %s", aspectRange);
            fillColor = channels("fill_color", fillColor);
            fillStd = fillStd.isEmpty() ? List.of() : channels("fill_std", fillStd);
            check(fillStd.stream().allMatch(std -> std >= 0), "fill_std must not be negative, but is %s", fillStd);
        }

        private static List<Double> channels(String key, List<Double> values) {
            check(values.size() == 1 || values.size() == CHANNELS, "%s must be one number or three, not %s", key, values);
            return values.size() == CHANNELS ? List.copyOf(values) : List.of(values.get(0), values.get(0), values.get(0));
        }
    }

    private RandomErasing(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() <= config.eraseProb) {
            fill(sample.image(), box(sample.image(), random), random);
        }
    }

    @Override
    public Choices draw(Sample sample, RandomGenerator random) {
        int[] box = box(sample.image(), random);
        return Choices.of(Map.of(BOX, List.of(box[0], box[1], box[2], box[3])));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        check(config.mode == Mode.CONST, "only a box of one colour can be replayed, not mode rand");
        fill(sample.image(), choices.integers(BOX, 4), null);
    }

    /** Top, left, height and width; a height or width of 0 for none. */
    private int[] box(Image image, RandomGenerator random) {
        double low = (float) StrictMath.log((float) (double) config.aspectRange.get(0));
        double high = (float) StrictMath.log((float) (double) config.aspectRange.get(1));
        double ratio = StrictMath.exp(low + random.nextDouble() * (high - low));
        double share = config.minAreaRatio + random.nextDouble() * (config.maxAreaRatio - config.minAreaRatio);
        double area = (double) image.width() * image.height() * share;
        int height = Math.min((int) Math.rint(Math.sqrt(area * ratio)), image.height());
        int width = Math.min((int) Math.rint(Math.sqrt(area / ratio)), image.width());
        int top = image.height() > height ? random.nextInt(image.height() - height) : 0;
        int left = image.width() > width ? random.nextInt(image.width() - width) : 0;
        return new int[] {top, left, height, width};
    }

    private void fill(Image image, int[] box, RandomGenerator random) {
        if (image.channels() != CHANNELS) {
            throw new UsageException("RandomErasing needs images of 3 channels, not " + image.channels() + "; load them with color_type: color");
        }
        for (int y = box[0]; y < box[0] + box[2]; y++) {
            int row = (y * image.width() + box[1]) * CHANNELS;
            for (int i = 0; i < box[3] * CHANNELS; i++) {
                image.data()[row + i] = (byte) value(i % CHANNELS, random);
            }
        }
    }

    private int value(int channel, RandomGenerator random) {
        if (config.mode == Mode.CONST) {
            return (int) (double) config.fillColor.get(channel);
        }
        return config.fillStd.isEmpty() ? random.nextInt(256)
                : (int) Math.min(255, Math.max(0, config.fillColor.get(channel) + config.fillStd.get(channel) * random.nextGaussian()));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomErasing", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new RandomErasing(config);
        }
    }
}
