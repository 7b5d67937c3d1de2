package dev.selfsup.broken.reference;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import java.util.concurrent.Executor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Needs what is not there. */
public final class WrongReference implements Hook {
    /** No keys. */
    public record Config() {}

    /** Needs an executor. */
    @Component
    @TypeName(kind = "hook", name = "WrongReference", scope = "broken")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        /** Never called. */
        @Activate
        public Factory(@Reference Executor executor) {
            executor.execute(() -> { });
        }

        @Override
        public Hook create(Config config) {
            return new WrongReference();
        }
    }
}
