package dev.selfsup.optimizer.ampoptimwrapper;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeKey;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroups;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * An optimizer for mixed precision: half types where the backend has faster ones, else single precision, about which
 * the run says so once.
 */
public final class AmpOptimWrapper implements OptimWrapper {
    private final Config config;

    /**
     * The keys in a config.
     *
     * @param optimizer the optimizer
     * @param paramwiseCfg options by parameter; {@code constructor} names the type, DefaultOptimWrapperConstructor by default
     * @param accumulativeCounts loss calls whose mean gradient makes one update
     * @param clipGrad how gradients are clipped; not at all by default
     * @param lossScale {@code dynamic}, a number or a mapping: how losses are scaled in half precision; single precision needs none
     * @param dtype the half type, float16 or bfloat16; the backend's choice by default
     */
    public record Config(
            Optimizer optimizer,
            @TypeKey("constructor") ParamGroups paramwiseCfg,
            @Default("1") int accumulativeCounts,
            Optional<OptimWrapper.ClipGrad> clipGrad,
            @Default("dynamic") Object lossScale,
            Optional<String> dtype) {
        /** Checks the values. */
        public Config {
            Check.check(accumulativeCounts > 0, "accumulative_counts must be at least 1, not %d", accumulativeCounts);
            Check.check(dtype.isEmpty() || dtype.get().equals("float16") || dtype.get().equals("bfloat16"),
                    "dtype must be float16 or bfloat16, not %s", dtype.orElse(""));
        }
    }

    /** The wrapper of a config. */
    public AmpOptimWrapper(Config config) {
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
    public Optional<OptimWrapper.ClipGrad> clipGrad() {
        return config.clipGrad();
    }

    @Override
    public boolean amp() {
        return true;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optim_wrapper", name = "AmpOptimWrapper", scope = "mmengine")
    public static final class Factory implements ComponentFactory<OptimWrapper, Config> {
        @Override
        public OptimWrapper create(Config config) {
            return new AmpOptimWrapper(config);
        }
    }
}
