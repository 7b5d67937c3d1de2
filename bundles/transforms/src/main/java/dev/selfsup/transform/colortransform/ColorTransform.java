package dev.selfsup.transform.colortransform;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvColor;
import dev.selfsup.transform.FactorConfig;
import org.osgi.service.component.annotations.Component;

/** Multiplies the distances of colours from grey by one plus the magnitude. */
public final class ColorTransform {
    private ColorTransform() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "ColorTransform", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, FactorConfig> {
        @Override
        public Transform create(FactorConfig config) {
            return config.of((image, magnitude, beyond, warp) -> {
                CvColor.saturation(image, 1 + magnitude);
                return image;
            });
        }
    }
}
