package dev.selfsup.transform.randaugment;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.transform.Augmentation;
import dev.selfsup.transform.Beyond;
import dev.selfsup.transform.Strength;
import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;

/**
 * A few augmentations, drawn for each image among many, one after the other (Cubuk et al. 2019, <a href="https://arxiv.org/abs/1909.13719">arXiv:1909.13719</a>). One
 * level says how strong all of them are; each is made with its own {@code prob}. The same one may be drawn twice.
 */
public final class RandAugment implements Transform {
    private final int count;
    private final List<Transform> policies;

    /**
     * What is drawn, and how strong it is.
     *
     * @param policies augmentations, or the name of a collection: {@code timm_increasing}
     * @param numPolicies how many are drawn for an image
     * @param magnitudeLevel how strong: from 0 to {@code total_level}, for each augmentation with a {@code magnitude_range} a place in it
     * @param magnitudeStd standard deviation of the level, drawn for each augmentation; {@code inf} for a level that is uniform from 0 on
     * @param totalLevel end of the scale
     * @param hparams {@code pad_val} and {@code interpolation} of augmentations that move pixels, where they do not say it themselves
     */
    public record Config(@Shorthand List<Transform> policies, int numPolicies, double magnitudeLevel, @Default("0") Object magnitudeStd,
            @Default("10") double totalLevel, @Default("{pad_val: 128}") Beyond hparams) {
        public Config {
            policies = List.copyOf(policies);
            check(!policies.isEmpty(), "policies must name at least one augmentation");
            check(numPolicies > 0, "num_policies must be positive, not %d", numPolicies);
            common(magnitudeLevel, magnitudeStd, totalLevel);
        }

        private static Strength common(double level, Object std, double total) {
            return new Strength(OptionalDouble.empty(), List.of(), level, Strength.deviation(std), total);
        }
    }

    private RandAugment(Config config) {
        Strength common = Config.common(config.magnitudeLevel, config.magnitudeStd, config.totalLevel);
        this.count = config.numPolicies;
        this.policies = config.policies.stream()
                .flatMap(policy -> policy instanceof TimmIncreasing collection ? collection.policies().stream() : Stream.of(policy))
                .map(policy -> policy instanceof Augmentation augmentation ? augmentation.within(common, config.hparams) : policy)
                .toList();
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        for (int i = 0; i < count; i++) {
            policies.get(random.nextInt(policies.size())).apply(sample, random);
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandAugment", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new RandAugment(config);
        }
    }
}
