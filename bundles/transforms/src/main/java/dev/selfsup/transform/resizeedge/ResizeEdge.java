package dev.selfsup.transform.resizeedge;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Box;
import dev.selfsup.pixels.Resampling;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Resizes one edge to a length, the other in proportion (rounded down, at least 1).
 *
 * <p>Replays nothing: there is no choice.
 */
public final class ResizeEdge implements Transform, Replayable {
    private final Config config;
    private final Resampling resampling;

    /** The edge that is given a length. */
    public enum Edge {
        /** The shorter one. */
        SHORT,
        /** The longer one. */
        LONG,
        /** The width. */
        WIDTH,
        /** The height. */
        HEIGHT
    }

    /**
     * Edge and length.
     *
     * @param scale length of the edge in pixels
     * @param edge {@code short}, {@code long}, {@code width} or {@code height}
     * @param backend {@code cv2} or {@code pillow}
     * @param interpolation see {@code RandomResizedCrop}
     */
    public record Config(int scale, @Default("short") Edge edge, @Default("cv2") String backend,
            @Default("bilinear") String interpolation) {
        public Config {
            check(scale > 0, "scale must be positive, not %d", scale);
            Resampling.of(backend, interpolation);
        }
    }

    /** From a config. */
    public ResizeEdge(Config config) {
        this.config = config;
        this.resampling = Resampling.of(config.backend, config.interpolation);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        sample.setImages(resize(sample.image()));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        sample.setImages(resize(sample.image()));
    }

    private Image resize(Image image) {
        long w = image.width();
        long h = image.height();
        boolean width = switch (config.edge) {
            case SHORT -> w < h;
            case LONG -> w > h;
            case WIDTH -> true;
            case HEIGHT -> false;
        };
        int toWidth = width ? config.scale : (int) Math.max(1, config.scale * w / h);
        int toHeight = width ? (int) Math.max(1, config.scale * h / w) : config.scale;
        return resampling.resize(image, Box.all(image), toWidth, toHeight);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "ResizeEdge", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new ResizeEdge(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("scale", spec.value("scale"), "edge", spec.text("edge"), "backend", spec.text("backend"),
                    "interpolation", spec.text("interpolation"));
        }
    }
}
