package dev.selfsup.hook.runtimeinfohook;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import org.osgi.service.component.annotations.Component;

/** Records the learning rate of every iteration, as {@code lr}, and its losses. */
public final class RuntimeInfoHook implements Hook {
    /**
     * Options of the hook.
     *
     * @param priority order among hooks
     */
    public record Config(@Default("VERY_HIGH") Priority priority) {}

    private final Config config;

    private RuntimeInfoHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeTrainIter(Run run) {
        run.recorder().put("lr", run.groups().get(0).rate());
    }

    @Override
    public void afterTrainIter(Run run) {
        run.losses().forEach(run.recorder()::put);
    }

    /** {@code RuntimeInfoHook}. */
    @Component
    @TypeName(kind = "hook", name = "RuntimeInfoHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new RuntimeInfoHook(config);
        }
    }
}
