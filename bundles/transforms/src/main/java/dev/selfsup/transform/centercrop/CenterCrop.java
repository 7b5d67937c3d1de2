package dev.selfsup.transform.centercrop;

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
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * The middle of the image. A side that is shorter than asked for stays as it is, or is padded with zeros.
 *
 * <p>Replays nothing: there is no choice.
 */
public final class CenterCrop implements Transform, Replayable {
    private final Config config;

    /**
     * Size of the result.
     *
     * @param cropSize width and height, or one number for both
     * @param autoPad whether a smaller image is padded with zeros, on the right and below
     * @param clipObjectBorder has no effect on images
     */
    public record Config(@Shorthand List<Integer> cropSize, @Default("false") boolean autoPad,
            @Default("true") boolean clipObjectBorder) {
        public Config {
            cropSize = List.copyOf(cropSize);
            check(cropSize.size() <= 2 && !cropSize.isEmpty() && cropSize.stream().allMatch(side -> side > 0),
                    "crop_size must be one positive number or [width, height], not %s", cropSize);
        }
    }

    /** From a config. */
    public CenterCrop(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        sample.setImages(crop(sample.image()));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        sample.setImages(crop(sample.image()));
    }

    private Image crop(Image image) {
        int width = config.cropSize.get(0);
        int height = config.cropSize.get(config.cropSize.size() - 1);
        Image large = config.autoPad ? pad(image, Math.max(width, image.width()), Math.max(height, image.height())) : image;
        int w = Math.min(width, large.width());
        int h = Math.min(height, large.height());
        int x = (int) Math.rint((large.width() - w) / 2.0);
        int y = (int) Math.rint((large.height() - h) / 2.0);
        return new Box(x, y, w, h).cut(large);
    }

    private static Image pad(Image image, int width, int height) {
        if (width == image.width() && height == image.height()) {
            return image;
        }
        Image padded = Image.create(width, height, image.channels());
        int line = image.width() * image.channels();
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.data(), y * line, padded.data(), y * width * image.channels(), line);
        }
        return padded;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "CenterCrop", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new CenterCrop(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("crop_size", spec.value("crop_size"));
        }
    }
}
