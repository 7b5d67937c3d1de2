package dev.selfsup.transform.resize;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Box;
import dev.selfsup.pixels.Resampling;
import java.util.List;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Resizes to a size, by a factor, or into a frame with the aspect ratio kept. */
public final class Resize implements Transform {
    private final Config config;
    private final Resampling resampling;

    /**
     * Size of the result.
     *
     * @param scale width and height, or one number for both; with {@code keep_ratio} longest and shortest edge at most
     * @param scaleFactor factors of width and height, or one for both; ignored where {@code scale} is given
     * @param keepRatio whether the aspect ratio stays
     * @param clipObjectBorder has no effect on images
     * @param backend {@code cv2} or {@code pillow}
     * @param interpolation see {@code RandomResizedCrop}
     */
    public record Config(@Default("[]") @Shorthand List<Integer> scale, @Default("[]") @Shorthand List<Double> scaleFactor,
            @Default("false") boolean keepRatio, @Default("true") boolean clipObjectBorder, @Default("cv2") String backend,
            @Default("bilinear") String interpolation) {
        public Config {
            scale = List.copyOf(scale);
            scaleFactor = List.copyOf(scaleFactor);
            check(!scale.isEmpty() || !scaleFactor.isEmpty(), "scale or scale_factor must be given");
            check(scale.size() <= 2 && scale.stream().allMatch(side -> side > 0),
                    "scale must be one positive number or [width, height], not %s", scale);
            check(scaleFactor.size() <= 2 && scaleFactor.stream().allMatch(factor -> factor > 0),
                    "scale_factor must be one positive number or [of the width, of the height], not %s", scaleFactor);
            Resampling.of(backend, interpolation);
        }
    }

    /** From a config. */
    public Resize(Config config) {
        this.config = config;
        this.resampling = Resampling.of(config.backend, config.interpolation);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image image = sample.image();
        int width = scaled(image.width(), factor(0));
        int height = scaled(image.height(), factor(1));
        if (!config.scale.isEmpty()) {
            width = config.scale.get(0);
            height = config.scale.get(config.scale.size() - 1);
        }
        if (config.keepRatio) {
            double longest = (double) Math.max(width, height) / Math.max(image.width(), image.height());
            double shortest = (double) Math.min(width, height) / Math.min(image.width(), image.height());
            width = scaled(image.width(), Math.min(longest, shortest));
            height = scaled(image.height(), Math.min(longest, shortest));
        }
        sample.setImages(resampling.resize(image, Box.all(image), width, height));
    }

    private double factor(int axis) {
        return config.scaleFactor.isEmpty() ? 1 : config.scaleFactor.get(Math.min(axis, config.scaleFactor.size() - 1));
    }

    private static int scaled(int size, double factor) {
        return Math.max(1, (int) (size * factor + 0.5));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Resize", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new Resize(config);
        }
    }
}
