package dev.selfsup.hook.distsamplerseedhook;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import org.osgi.service.component.annotations.Component;

/** Lets the sampler shuffle every epoch anew; without it all epochs have the order of the first. */
public final class DistSamplerSeedHook implements Hook {
    /**
     * Options of the hook.
     *
     * @param priority order among hooks
     */
    public record Config(@Default("NORMAL") Priority priority) {}

    private final Config config;

    private DistSamplerSeedHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeTrain(Run run) {
        run.reshuffleEveryEpoch();
    }

    /** {@code DistSamplerSeedHook}. */
    @Component
    @TypeName(kind = "hook", name = "DistSamplerSeedHook", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new DistSamplerSeedHook(config);
        }
    }
}
