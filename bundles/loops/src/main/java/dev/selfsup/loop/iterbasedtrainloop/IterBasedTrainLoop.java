package dev.selfsup.loop.iterbasedtrainloop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Loop;
import org.osgi.service.component.annotations.Component;

/** A run counted in iterations. */
public final class IterBasedTrainLoop implements Loop {
    /**
     * Options of the loop.
     *
     * @param maxIters iterations of the run
     * @param valBegin first of the iterations after which there is validation, where there is a val_dataloader
     * @param valInterval iterations between validations
     */
    public record Config(int maxIters, @Default("1") int valBegin, @Default("1000") int valInterval) {
        public Config {
            check(maxIters > 0, "max_iters must be positive, not %d", maxIters);
        }
    }

    private final Config config;

    private IterBasedTrainLoop(Config config) {
        this.config = config;
    }

    @Override
    public boolean byEpoch() {
        return false;
    }

    @Override
    public int limit() {
        return config.maxIters();
    }

    /** {@code IterBasedTrainLoop}. */
    @Component
    @TypeName(kind = "loop", name = "IterBasedTrainLoop", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Loop, Config> {
        @Override
        public Loop create(Config config) {
            return new IterBasedTrainLoop(config);
        }
    }
}
