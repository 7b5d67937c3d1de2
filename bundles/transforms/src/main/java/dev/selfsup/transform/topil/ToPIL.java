package dev.selfsup.transform.topil;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Begins a part of a pipeline whose transforms are torchvision's, as {@code torchvision/Resize}: in the reference these take Pillow images, here they take any. What remains of the
 * conversion is the order of colours, which counts where a colour is given, as {@code fill}. {@code ToNumpy} ends the part.
 */
public final class ToPIL implements Transform {
    private final Config config;

    /**
     * Order of colours.
     *
     * @param toRgb whether blue, green, red become red, green, blue; grey images stay as they are
     */
    public record Config(@Default("false") boolean toRgb) {}

    /** From a config. */
    public ToPIL(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image image = sample.image();
        byte[] data = image.data();
        for (int i = 0; config.toRgb && image.channels() == 3 && i < 3 * image.width() * image.height(); i += 3) {
            byte blue = data[i];
            data[i] = data[i + 2];
            data[i + 2] = blue;
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "ToPIL", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new ToPIL(config);
        }
    }
}
