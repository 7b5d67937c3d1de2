package dev.selfsup.transform.randomsolarize;

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
 * Inverts all values from a threshold on, with some probability (BYOL, Grill et al. 2020).
 *
 * <p>Replays nothing: the threshold is configured.
 */
public final class RandomSolarize implements Transform, Replayable {
    private final Config config;

    /**
     * Threshold and probability.
     *
     * @param threshold smallest value that is inverted
     * @param prob probability
     */
    public record Config(@Default("128") int threshold, @Default("0.5") double prob) {
        public Config {
            check(prob >= 0 && prob <= 1, "prob must be between 0 and 1, not %s", prob);
        }
    }

    /** From a config. */
    public RandomSolarize(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() < config.prob) {
            solarize(sample.image().data());
        }
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        solarize(sample.image().data());
    }

    private void solarize(byte[] data) {
        for (int i = 0; i < data.length; i++) {
            int value = data[i] & 255;
            data[i] = (byte) (value < config.threshold ? value : 255 - value);
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomSolarize")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomSolarize(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("threshold", spec.value("threshold"));
        }
    }
}
