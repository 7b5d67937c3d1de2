package dev.selfsup.transform.equalize;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvColor;
import dev.selfsup.transform.UnscaledConfig;
import org.osgi.service.component.annotations.Component;

/** Spreads the values of each channel so that all are about equally frequent. */
public final class Equalize {
    private Equalize() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Equalize", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, UnscaledConfig> {
        @Override
        public Transform create(UnscaledConfig config) {
            return config.of((image, magnitude, beyond, warp) -> {
                CvColor.equalize(image);
                return image;
            });
        }
    }
}
