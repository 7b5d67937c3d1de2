package dev.selfsup.transform.autocontrast;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvColor;
import dev.selfsup.transform.UnscaledConfig;
import org.osgi.service.component.annotations.Component;

/** Stretches the values of each channel to all from 0 to 255. */
public final class AutoContrast {
    private AutoContrast() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "AutoContrast", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, UnscaledConfig> {
        @Override
        public Transform create(UnscaledConfig config) {
            return config.of((image, magnitude, beyond, warp) -> {
                CvColor.autoContrast(image);
                return image;
            });
        }
    }
}
