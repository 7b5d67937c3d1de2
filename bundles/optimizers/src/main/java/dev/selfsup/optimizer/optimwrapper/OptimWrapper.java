package dev.selfsup.optimizer.optimwrapper;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeKey;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroups;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** An optimizer in single precision, with accumulation and clipping of gradients. */
public final class OptimWrapper implements dev.selfsup.api.run.OptimWrapper {
    private final Config config;

    /**
     * The keys in a config.
     *
     * @param optimizer the optimizer
     * @param paramwiseCfg options by parameter; {@code constructor} names the type, DefaultOptimWrapperConstructor by default
     * @param accumulativeCounts loss calls whose mean gradient makes one update
     * @param clipGrad how gradients are clipped; not at all by default
     */
    public record Config(
            Optimizer optimizer,
            @TypeKey("constructor") ParamGroups paramwiseCfg,
            @Default("1") int accumulativeCounts,
            Optional<ClipGrad> clipGrad) {
        /** Checks the values. */
        public Config {
            Check.check(accumulativeCounts > 0, "accumulative_counts must be at least 1, not %d", accumulativeCounts);
        }
    }

    /** The wrapper of a config. */
    public OptimWrapper(Config config) {
        this.config = config;
    }

    @Override
    public Optimizer optimizer() {
        return config.optimizer();
    }

    @Override
    public ParamGroups paramGroups() {
        return config.paramwiseCfg();
    }

    @Override
    public int accumulativeCounts() {
        return config.accumulativeCounts();
    }

    @Override
    public Optional<ClipGrad> clipGrad() {
        return config.clipGrad();
    }

    @Override
    public boolean amp() {
        return false;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optim_wrapper", name = "OptimWrapper", scope = "mmengine")
    public static final class Factory implements ComponentFactory<dev.selfsup.api.run.OptimWrapper, Config> {
        @Override
        public dev.selfsup.api.run.OptimWrapper create(Config config) {
            return new OptimWrapper(config);
        }
    }
}
