package dev.selfsup.loop.epochbasedtrainloop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Loop;
import org.osgi.service.component.annotations.Component;

/** A run counted in passes over the dataset. */
public final class EpochBasedTrainLoop implements Loop {
    /**
     * Options of the loop.
     *
     * @param maxEpochs epochs of the run
     * @param valBegin first of the epochs after which there is validation, where there is a val_dataloader
     * @param valInterval epochs between validations
     */
    public record Config(int maxEpochs, @Default("1") int valBegin, @Default("1") int valInterval) {
        public Config {
            check(maxEpochs > 0, "max_epochs must be positive, not %d", maxEpochs);
        }
    }

    private final Config config;

    private EpochBasedTrainLoop(Config config) {
        this.config = config;
    }

    @Override
    public boolean byEpoch() {
        return true;
    }

    @Override
    public int limit() {
        return config.maxEpochs();
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
