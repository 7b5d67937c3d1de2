package dev.selfsup.transform.torchvisionresize;

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
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Resizes as torchvision's {@code Resize} does with Pillow images: one number is the length of the shorter edge. */
public final class TorchvisionResize implements Transform {
    private final Config config;
    private final Resampling resampling;

    /**
     * Size of the result.
     *
     * @param size length of the shorter edge, or [height, width]
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code box}, {@code lanczos}, {@code hamming}
     * @param maxSize greatest length of the longer edge where {@code size} is one number
     * @param antialias has no effect: shrinking always averages
     */
    public record Config(@Shorthand List<Integer> size, @Default("bilinear") String interpolation, OptionalInt maxSize,
            @Default("true") boolean antialias) {
        public Config {
            size = List.copyOf(size);
            check(size.size() <= 2 && !size.isEmpty() && size.stream().allMatch(side -> side > 0),
                    "size must be one positive number or [height, width], not %s", size);
            check(maxSize.isEmpty() || size.size() == 1 && maxSize.getAsInt() > size.get(0),
                    "max_size must be greater than size, which must be one number; it is %s with size %s", maxSize.orElse(0), size);
            Resampling.of("pillow", interpolation);
        }
    }

    /** From a config. */
    public TorchvisionResize(Config config) {
        this.config = config;
        this.resampling = Resampling.of("pillow", config.interpolation);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image image = sample.image();
        if (config.size.size() == 2) {
            sample.setImages(resampling.resize(image, Box.all(image), config.size.get(1), config.size.get(0)));
            return;
        }
        long shorter = config.size.get(0);
        long longer = shorter * Math.max(image.width(), image.height()) / Math.min(image.width(), image.height());
        if (config.maxSize.isPresent() && longer > config.maxSize.getAsInt()) {
            shorter = Math.max(1, config.maxSize.getAsInt() * shorter / longer);
            longer = config.maxSize.getAsInt();
        }
        boolean wide = image.width() > image.height();
        sample.setImages(resampling.resize(image, Box.all(image), (int) (wide ? longer : shorter), (int) (wide ? shorter : longer)));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "torchvision/Resize", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new TorchvisionResize(config);
        }
    }
}
