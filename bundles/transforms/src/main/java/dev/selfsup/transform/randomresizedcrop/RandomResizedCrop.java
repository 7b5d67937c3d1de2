package dev.selfsup.transform.randomresizedcrop;

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
import dev.selfsup.pixels.Box;
import dev.selfsup.pixels.RandomBox;
import dev.selfsup.pixels.Resampling;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A random box of the image, resized (Szegedy et al. 2015). Its area is uniform in {@code scale}, its aspect ratio
 * log-uniform in {@code ratio}; sides are rounded half to even and the corner is uniform among all that fit. A box
 * that does not fit is drawn again; after {@code max_attempts} it is the largest central box of an allowed ratio.
 *
 * <p>Replays {@code box_ymin_xmin_ymax_xmax_inclusive}: four whole numbers, both corners inside the box.
 */
public final class RandomResizedCrop implements Transform, Replayable.Drawn {
    private static final String BOX = "box_ymin_xmin_ymax_xmax_inclusive";
    private final Config config;
    private final RandomBox boxes;
    private final Resampling resampling;

    /**
     * Box and result.
     *
     * @param size height and width of the result, or one number for both
     * @param scale smallest and largest part of the image's area
     * @param ratio smallest and largest width / height
     * @param maxAttempts boxes drawn before the central one is taken
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area} (cv2 only), {@code lanczos}
     * @param backend {@code cv2} or {@code pillow}
     */
    public record Config(@Shorthand List<Integer> size, @Default("[0.08, 1.0]") List<Double> scale,
            @Default("[0.75, 1.3333333333333333]") List<Double> ratio, @Default("10") int maxAttempts,
            @Default("bilinear") String interpolation, @Default("cv2") String backend) {
        public Config {
            size = List.copyOf(size);
            size("size", size);
            new RandomBox(scale, ratio, maxAttempts);
            check(maxAttempts >= 0, "max_attempts must be at least 0, not %d", maxAttempts);
            check(!interpolation.equals("box") && !interpolation.equals("hamming"),
                    "interpolation must be one of [nearest, bilinear, bicubic, area, lanczos], not %s", interpolation);
            Resampling.of(backend, interpolation);
        }

        private static void size(String key, List<Integer> size) {
            check(size.size() <= 2 && !size.isEmpty() && size.stream().allMatch(side -> side > 0),
                    "%s must be one positive number or [height, width], not %s", key, size);
        }

        private static void range(String key, List<Double> range) {
            check(range.size() == 2 && range.get(0) <= range.get(1) && range.get(0) >= 0,
                    "%s must be [smallest, largest], both at least 0, not %s", key, range);
        }
    }

    /** From a config. */
    public RandomResizedCrop(Config config) {
        this.config = config;
        this.boxes = new RandomBox(config.scale, config.ratio, config.maxAttempts);
        this.resampling = Resampling.of(config.backend, config.interpolation);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        resize(sample, boxes.draw(sample.image().width(), sample.image().height(), random));
    }

    @Override
    public Choices draw(Sample sample, RandomGenerator random) {
        Box box = boxes.draw(sample.image().width(), sample.image().height(), random);
        return Choices.of(Map.of(BOX, List.of(box.y(), box.x(), box.y() + box.height() - 1, box.x() + box.width() - 1)));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        int[] box = choices.integers(BOX, 4);
        resize(sample, Box.inclusive(box[0], box[1], box[2], box[3]));
    }

    private void resize(Sample sample, Box box) {
        int height = config.size.get(0);
        int width = config.size.get(config.size.size() - 1);
        Image resized = resampling.resize(sample.image(), box, width, height);
        sample.setImages(resized);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomResizedCrop")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomResizedCrop(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("size", spec.value("size"), "interpolation", spec.text("interpolation"), "backend", spec.text("backend"));
        }
    }

    /**
     * The same under the names of mmcls.
     *
     * @param scale height and width of the result, or one number for both
     * @param cropRatioRange smallest and largest part of the image's area
     * @param aspectRatioRange smallest and largest width / height
     * @param maxAttempts boxes drawn before the central one is taken
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code area} (cv2 only), {@code lanczos}
     * @param backend {@code cv2} or {@code pillow}
     */
    public record ClassificationConfig(@Shorthand List<Integer> scale, @Default("[0.08, 1.0]") List<Double> cropRatioRange,
            @Default("[0.75, 1.3333333333333333]") List<Double> aspectRatioRange, @Default("10") int maxAttempts,
            @Default("bilinear") String interpolation, @Default("cv2") String backend) {
        public ClassificationConfig {
            Config.size("scale", scale);
            Config.range("crop_ratio_range", cropRatioRange);
            Config.range("aspect_ratio_range", aspectRatioRange);
            check(aspectRatioRange.get(0) > 0, "aspect_ratio_range must be positive, not %s", aspectRatioRange);
            new Config(scale, cropRatioRange, aspectRatioRange, maxAttempts, interpolation, backend);
        }
    }

    /** Publishes the type of mmcls. */
    @Component
    @TypeName(kind = "transform", name = "RandomResizedCrop", scope = "mmcls")
    public static final class ClassificationFactory implements ComponentFactory<Transform, ClassificationConfig> {
        @Override
        public Transform create(ClassificationConfig config) {
            return new RandomResizedCrop(new Config(config.scale, config.cropRatioRange, config.aspectRatioRange, config.maxAttempts, config.interpolation,
                    config.backend));
        }
    }
}
