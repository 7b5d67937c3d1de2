package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Paints a square at a random place grey, with some probability (Cutout, DeVries and Taylor 2017, <a href="https://arxiv.org/abs/1708.04552">arXiv:1708.04552</a>). */
public final class __Type__ implements Transform {
    private static final byte GREY = (byte) 128;

    /**
     * Options of the transform.
     *
     * @param size side of the square as a part of the image's shorter side, above 0 and at most 1
     * @param prob probability
     */
    public record Config(@Default("0.4") double size, @Default("0.5") double prob) {
        public Config {
            check(size > 0 && size <= 1, "size must be above 0 and at most 1, not %s", size);
            check(prob >= 0 && prob <= 1, "prob must be between 0 and 1, not %s", prob);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() >= config.prob()) {
            return;
        }
        Image image = sample.image();
        int side = (int) Math.max(1, Math.round(config.size() * Math.min(image.width(), image.height())));
        int left = random.nextInt(image.width() - side + 1);
        int top = random.nextInt(image.height() - side + 1);
        for (int y = top; y < top + side; y++) {
            int start = (y * image.width() + left) * image.channels();
            Arrays.fill(image.data(), start, start + side * image.channels(), GREY);
        }
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "transform", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new __Type__(config);
        }
    }
}
