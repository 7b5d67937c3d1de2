package dev.selfsup.transform.sharpness;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvColor;
import dev.selfsup.transform.FactorConfig;
import org.osgi.service.component.annotations.Component;

/** Multiplies the distances from a smoothed image by one plus the magnitude: sharper, or blurred where it is negative. */
public final class Sharpness {
    private Sharpness() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Sharpness", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, FactorConfig> {
        @Override
        public Transform create(FactorConfig config) {
            return config.of((image, magnitude, beyond, warp) -> {
                CvColor.sharpness(image, 1 + magnitude);
                return image;
            });
        }
    }
}
