package dev.selfsup.transform.tonumpy;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Ends the part of a pipeline that {@code ToPIL} began: brings colours back into the order that other transforms expect, blue first. */
public final class ToNumpy implements Transform {
    private final Config config;

    /**
     * Order of colours.
     *
     * @param toRgb whether the colours are reversed, as after a {@code ToPIL} that has done so; grey images stay as they are
     * @param dtype {@code uint8} or none: images are 8-bit until the data preprocessor
     */
    public record Config(@Default("false") boolean toRgb, Optional<String> dtype) {
        public Config {
            check(dtype.orElse("uint8").equals("uint8"), "dtype must be uint8, as images are 8-bit until the data preprocessor, not %s", dtype.orElse(""));
        }
    }

    /** From a config. */
    public ToNumpy(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image image = sample.image();
        byte[] data = image.data();
        for (int i = 0; config.toRgb && image.channels() == 3 && i < 3 * image.width() * image.height(); i += 3) {
            byte red = data[i];
            data[i] = data[i + 2];
            data[i + 2] = red;
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "ToNumpy", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new ToNumpy(config);
        }
    }
}
