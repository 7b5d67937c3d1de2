package dev.selfsup.broken.defaults;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import org.osgi.service.component.annotations.Component;

/** Has a default that its own check refuses. */
public final class WrongDefault implements Hook {
    /**
     * Keys.
     *
     * @param size how large
     */
    public record Config(@Default("-1") int size) {
        public Config {
            Check.check(size > 0, "size must be positive, not %d", size);
        }
    }

    /** Makes it. */
    @Component
    @TypeName(kind = "hook", name = "WrongDefault", scope = "broken")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new WrongDefault();
        }
    }
}
