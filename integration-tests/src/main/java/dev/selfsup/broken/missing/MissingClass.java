package dev.selfsup.broken.missing;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.broken.absent.Absent;
import org.osgi.service.component.annotations.Component;

/** Has a key of a class that is not there. */
public final class MissingClass implements Hook {
    /**
     * Keys.
     *
     * @param absent never bound
     */
    public record Config(Absent absent) {}

    /** Makes it. */
    @Component
    @TypeName(kind = "hook", name = "MissingClass", scope = "broken")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new MissingClass();
        }
    }
}
