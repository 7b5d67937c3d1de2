package dev.selfsup.transform.randomapply;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.List;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** Runs a pipeline with some probability, all of it or none. */
public final class RandomApply implements Transform {
    private final Config config;

    /**
     * Pipeline and probability.
     *
     * @param transforms the pipeline
     * @param prob probability that it is run
     */
    public record Config(@Shorthand List<Transform> transforms, @Default("0.5") double prob) {
        public Config {
            transforms = List.copyOf(transforms);
            check(prob >= 0 && prob <= 1, "prob must be between 0 and 1, not %s", prob);
        }
    }

    /** From a config. */
    public RandomApply(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() < config.prob) {
            config.transforms.forEach(transform -> transform.apply(sample, random));
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomApply", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new RandomApply(config);
        }
    }
}
