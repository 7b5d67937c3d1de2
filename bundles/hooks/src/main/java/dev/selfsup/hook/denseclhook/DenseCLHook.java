package dev.selfsup.hook.denseclhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/**
 * Leaves the loss of places out at first (DenseCL, Wang et al. 2020, <a href="https://arxiv.org/abs/2011.09157">arXiv:2011.09157</a>, section 3.4): while features say
 * little, places that are most like each other do not belong together. Holds the model's {@code loss_lambda} at zero until its iteration comes.
 */
public final class DenseCLHook implements Hook {
    private static final String SHARE = "loss_lambda";

    /**
     * Options of the hook.
     *
     * @param startIters iterations with a {@code loss_lambda} of zero
     * @param priority order among hooks
     */
    public record Config(@Default("1000") int startIters, @Default("NORMAL") Priority priority) {
        public Config {
            check(startIters >= 0, "start_iters must not be negative, not %d", startIters);
        }
    }

    private final Config config;
    private INDArray share;
    private double configured;

    private DenseCLHook(Config config) {
        this.config = config;
    }

    @Override
    public Priority priority() {
        return config.priority();
    }

    @Override
    public void beforeTrain(Run run) {
        share = run.weights().setting(SHARE).orElseThrow(() -> new UsageException("DenseCLHook sets " + SHARE
                + ", which the model has not: set model.type to DenseCL, or remove the hook from custom_hooks"));
        configured = share.getDouble(0);
    }

    @Override
    public void beforeTrainIter(Run run) {
        share.putScalar(0, run.iteration() >= config.startIters() ? configured : 0);
    }

    /** {@code DenseCLHook}. */
    @Component
    @TypeName(kind = "hook", name = "DenseCLHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new DenseCLHook(config);
        }
    }
}
