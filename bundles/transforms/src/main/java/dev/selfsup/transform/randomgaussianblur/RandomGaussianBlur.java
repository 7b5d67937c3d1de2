package dev.selfsup.transform.randomgaussianblur;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Blurs with some probability (SimCLR, Chen et al. 2020), with a standard deviation uniform in a range.
 *
 * <p>Replays {@code sigma}: the standard deviation in pixels.
 */
public final class RandomGaussianBlur implements Transform, Replayable {
    private final Config config;

    /**
     * Strength and probability.
     *
     * @param sigmaMin smallest standard deviation in pixels
     * @param sigmaMax largest standard deviation in pixels
     * @param prob probability
     */
    public record Config(double sigmaMin, double sigmaMax, @Default("0.5") double prob) {
        public Config {
            check(sigmaMin >= 0, "sigma_min must be at least 0, not %s", sigmaMin);
            check(sigmaMax >= sigmaMin, "sigma_max must be at least sigma_min, %s, not %s", sigmaMin, sigmaMax);
            check(prob >= 0 && prob <= 1, "prob must be between 0 and 1, not %s", prob);
        }
    }

    /** From a config. */
    public RandomGaussianBlur(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() < config.prob) {
            BoxBlur.gaussian(sample.image(), config.sigmaMin + random.nextDouble() * (config.sigmaMax - config.sigmaMin));
        }
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        BoxBlur.gaussian(sample.image(), choices.number("sigma"));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomGaussianBlur")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomGaussianBlur(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("sigma_min", spec.number("sigma"), "sigma_max", spec.number("sigma"));
        }
    }
}
