package dev.selfsup.hook.simsiamhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import org.osgi.service.component.annotations.Component;

/**
 * Keeps the learning rate of SimSiam's predictor as it is while the schedule lowers the others (Chen and He 2020,
 * <a href="https://arxiv.org/abs/2011.10566">arXiv:2011.10566</a>, section 4.5): of all weights that {@code paramwise_cfg} marks with {@code fix_lr}.
 */
public final class SimSiamHook implements Hook {
    /**
     * Options of the hook.
     *
     * @param fixPredLr whether anything is done
     * @param lr the rate
     * @param adjustByEpoch whether the rate is set before each epoch, as is enough where schedules step by epoch, and not before each iteration
     */
    public record Config(boolean fixPredLr, double lr, @Default("true") boolean adjustByEpoch) {
        public Config {
            check(lr >= 0, "lr must not be negative, not %s", lr);
        }
    }

    private final Config config;

    private SimSiamHook(Config config) {
        this.config = config;
    }

    @Override
    public void beforeTrainEpoch(Run run) {
        if (run.iteration() % run.epochLength() == 0) {                              // not where a run is resumed within an epoch
            fix(run);
        }
    }

    @Override
    public void beforeTrainIter(Run run) {
        if (!config.adjustByEpoch()) {
            fix(run);
        }
    }

    private void fix(Run run) {
        if (config.fixPredLr()) {
            run.groups().stream().filter(group -> group.options().fixedRate()).forEach(group -> group.setRate(config.lr()));
        }
    }

    /** {@code SimSiamHook}. */
    @Component
    @TypeName(kind = "hook", name = "SimSiamHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new SimSiamHook(config);
        }
    }
}
