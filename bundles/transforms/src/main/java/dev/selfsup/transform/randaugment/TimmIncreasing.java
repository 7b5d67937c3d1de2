package dev.selfsup.transform.randaugment;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.List;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * The fifteen augmentations of pytorch-image-models' {@code rand-m9-mstd0.5-inc1}, each stronger the higher its level: what {@code policies: timm_increasing} of
 * {@code RandAugment} stands for. On its own it makes one of them, drawn for each image.
 */
public final class TimmIncreasing implements Transform {
    private final Config config;

    /**
     * The collection.
     *
     * @param policies the augmentations
     */
    public record Config(@Default("[{type: mmcls.AutoContrast}, {type: mmcls.Equalize}, {type: mmcls.Invert}, {type: mmcls.Rotate, magnitude_range: [0, 30]}, "
            + "{type: mmcls.Posterize, magnitude_range: [4, 0]}, {type: mmcls.Solarize, magnitude_range: [256, 0]}, "
            + "{type: mmcls.SolarizeAdd, magnitude_range: [0, 110]}, {type: mmcls.ColorTransform, magnitude_range: [0, 0.9]}, "
            + "{type: mmcls.Contrast, magnitude_range: [0, 0.9]}, {type: mmcls.Brightness, magnitude_range: [0, 0.9]}, "
            + "{type: mmcls.Sharpness, magnitude_range: [0, 0.9]}, "
            + "{type: mmcls.Shear, magnitude_range: [0, 0.3], direction: horizontal}, {type: mmcls.Shear, magnitude_range: [0, 0.3], direction: vertical}, "
            + "{type: mmcls.Translate, magnitude_range: [0, 0.45], direction: horizontal}, "
            + "{type: mmcls.Translate, magnitude_range: [0, 0.45], direction: vertical}]") List<Transform> policies) {
        public Config {
            policies = List.copyOf(policies);
            check(!policies.isEmpty(), "policies must name at least one augmentation");
        }
    }

    private TimmIncreasing(Config config) {
        this.config = config;
    }

    List<Transform> policies() {
        return config.policies;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        config.policies.get(random.nextInt(config.policies.size())).apply(sample, random);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "timm_increasing", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new TimmIncreasing(config);
        }
    }
}
