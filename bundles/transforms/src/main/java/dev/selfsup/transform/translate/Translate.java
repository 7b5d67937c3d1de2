package dev.selfsup.transform.translate;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Transform;
import dev.selfsup.transform.ShiftConfig;
import org.osgi.service.component.annotations.Component;

/** Moves an image to the right or down, by {@code magnitude} times its width or height. */
public final class Translate {
    private Translate() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Translate", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, ShiftConfig> {
        @Override
        public Transform create(ShiftConfig config) {
            return config.of("nearest", (image, magnitude, beyond, warp) -> {
                float offset = (float) (magnitude * (config.horizontal() ? image.width() : image.height()));
                double[] map = config.horizontal() ? new double[] {1, 0, offset, 0, 1, 0} : new double[] {1, 0, 0, 0, 1, offset};
                return warp.move(image, map, image.width(), image.height(), beyond.everyChannel());
            });
        }
    }
}
