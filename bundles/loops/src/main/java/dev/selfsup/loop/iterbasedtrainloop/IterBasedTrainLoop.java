package dev.selfsup.loop.iterbasedtrainloop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Loop;
import dev.selfsup.loop.ValidationTimes;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** A run counted in iterations. */
public final class IterBasedTrainLoop implements Loop {
    /**
     * Options of the loop.
     *
     * @param maxIters iterations of the run
     * @param valBegin first of the iterations after which there is validation, where there is a val_dataloader
     * @param valInterval iterations between validations
     * @param dynamicIntervals other intervals from some iteration on, each {@code [first, interval]}
     */
    public record Config(int maxIters, @Default("1") int valBegin, @Default("1000") int valInterval,
            @Default("[]") List<List<Integer>> dynamicIntervals) {
        public Config {
            check(maxIters > 0, "max_iters must be positive, not %d", maxIters);
            new ValidationTimes(valBegin, valInterval, dynamicIntervals);
        }
    }

    private final Config config;
    private final ValidationTimes validation;

    private IterBasedTrainLoop(Config config) {
        this.config = config;
        this.validation = new ValidationTimes(config.valBegin(), config.valInterval(), config.dynamicIntervals());
    }

    @Override
    public boolean byEpoch() {
        return false;
    }

    @Override
    public int limit() {
        return config.maxIters();
    }

    @Override
    public boolean validatesAfter(int finished) {
        return validation.after(finished);
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
