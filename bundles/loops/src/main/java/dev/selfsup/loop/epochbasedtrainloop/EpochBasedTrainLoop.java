package dev.selfsup.loop.epochbasedtrainloop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Loop;
import dev.selfsup.loop.ValidationTimes;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** A run counted in passes over the dataset. */
public final class EpochBasedTrainLoop implements Loop {
    /**
     * Options of the loop.
     *
     * @param maxEpochs epochs of the run
     * @param valBegin first of the epochs after which there is validation, where there is a val_dataloader
     * @param valInterval epochs between validations
     * @param dynamicIntervals other intervals from some epoch on, each {@code [first, interval]}
     */
    public record Config(int maxEpochs, @Default("1") int valBegin, @Default("1") int valInterval,
            @Default("[]") List<List<Integer>> dynamicIntervals) {
        public Config {
            check(maxEpochs > 0, "max_epochs must be positive, not %d", maxEpochs);
            new ValidationTimes(valBegin, valInterval, dynamicIntervals);
        }
    }

    private final Config config;
    private final ValidationTimes validation;

    private EpochBasedTrainLoop(Config config) {
        this.config = config;
        this.validation = new ValidationTimes(config.valBegin(), config.valInterval(), config.dynamicIntervals());
    }

    @Override
    public boolean byEpoch() {
        return true;
    }

    @Override
    public int limit() {
        return config.maxEpochs();
    }

    @Override
    public boolean validatesAfter(int finished) {
        return validation.after(finished);
    }

    /** {@code EpochBasedTrainLoop}. */
    @Component
    @TypeName(kind = "loop", name = "EpochBasedTrainLoop", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Loop, Config> {
        @Override
        public Loop create(Config config) {
            return new EpochBasedTrainLoop(config);
        }
    }
}
