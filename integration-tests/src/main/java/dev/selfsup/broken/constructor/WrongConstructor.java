package dev.selfsup.broken.constructor;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Cannot be made. */
public final class WrongConstructor implements Hook {
    /** No keys. */
    public record Config() {}

    /** Fails. */
    @Component
    @TypeName(kind = "hook", name = "WrongConstructor", scope = "broken")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        /** Fails. */
        @Activate
        public Factory() {
            throw new IllegalStateException("no licence server", new IllegalArgumentException("port 70000 is out of range"));
        }

        @Override
        public Hook create(Config config) {
            return new WrongConstructor();
        }
    }
}
