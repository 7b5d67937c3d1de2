package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/** Prints and logs the length of all trained weights and of their last gradient, as {@code weight_norm} and {@code gradient_norm}, every so many epochs. */
public final class __Type__ implements Hook {
    /**
     * Options of the hook.
     *
     * @param interval epochs between lines
     */
    public record Config(@Default("1") int interval) {
        public Config {
            check(interval > 0, "interval must be positive, not %d", interval);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public void afterTrainEpoch(Run run) {
        if (run.epoch() % config.interval() != 0) {
            return;
        }
        double weight = norm(run.weights().flat());
        double gradient = norm(run.weights().gradient());
        run.report(Map.of("weight_norm", weight, "gradient_norm", gradient));
        run.print(String.format(Locale.ROOT, "epoch %d: weight norm %.4g, gradient norm %.4g", run.epoch(), weight, gradient));
    }

    private static double norm(INDArray values) {
        return values.norm2Number().doubleValue();
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "hook", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new __Type__(config);
        }
    }
}
