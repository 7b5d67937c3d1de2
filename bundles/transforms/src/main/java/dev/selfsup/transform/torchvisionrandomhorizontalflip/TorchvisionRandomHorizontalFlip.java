package dev.selfsup.transform.torchvisionrandomhorizontalflip;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Swaps left and right with some probability, as torchvision's {@code RandomHorizontalFlip}. */
public final class TorchvisionRandomHorizontalFlip implements Transform {
    private final Config config;

    /**
     * How often.
     *
     * @param p the probability
     */
    public record Config(@Default("0.5") double p) {
        public Config {
            check(p >= 0 && p <= 1, "p must be between 0 and 1, not %s", p);
        }
    }

    /** From a config. */
    public TorchvisionRandomHorizontalFlip(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() < config.p) {
            sample.setImages(mirrored(sample.image()));
        }
    }

    private static Image mirrored(Image image) {
        int channels = image.channels();
        int line = image.width() * channels;
        Image mirrored = Image.create(image.width(), image.height(), channels);
        for (int start = 0; start < image.height() * line; start += line) {
            for (int x = 0; x < line; x += channels) {
                System.arraycopy(image.data(), start + x, mirrored.data(), start + line - channels - x, channels);
            }
        }
        return mirrored;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "torchvision/RandomHorizontalFlip", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new TorchvisionRandomHorizontalFlip(config);
        }
    }
}
