package dev.selfsup.transform.shear;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.transform.ShiftConfig;
import org.osgi.service.component.annotations.Component;

/** Moves the rows of an image to the side, the further the lower they are, or its columns down: by {@code magnitude} pixels a pixel. */
public final class Shear {
    private Shear() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Shear", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, ShiftConfig> {
        @Override
        public Transform create(ShiftConfig config) {
            return config.of("bicubic", (image, magnitude, beyond, warp) -> {
                float slope = (float) magnitude;
                double[] map = config.horizontal() ? new double[] {1, slope, 0, 0, 1, 0} : new double[] {1, 0, 0, slope, 1, 0};
                return warp.move(image, map, image.width(), image.height(), beyond.everyChannel());
            });
        }
    }
}
