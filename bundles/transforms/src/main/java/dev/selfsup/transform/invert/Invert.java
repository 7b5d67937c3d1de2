package dev.selfsup.transform.invert;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvColor;
import dev.selfsup.transform.UnscaledConfig;
import org.osgi.service.component.annotations.Component;

/** Inverts all values. */
public final class Invert {
    private Invert() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Invert", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, UnscaledConfig> {
        @Override
        public Transform create(UnscaledConfig config) {
            return config.of((image, magnitude, beyond, warp) -> {
                CvColor.map(image, value -> 255 - value);
                return image;
            });
        }
    }
}
