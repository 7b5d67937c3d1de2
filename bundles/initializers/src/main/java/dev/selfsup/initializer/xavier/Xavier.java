package dev.selfsup.initializer.xavier;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.LayerRule;
import dev.selfsup.engine.Fill;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Component;

/**
 * Fills the weights of layers so that the variance of activations and of gradients stays about the same from layer to
 * layer (Understanding the difficulty of training deep feedforward neural networks, Glorot and Bengio, AISTATS 2010).
 */
public final class Xavier implements Initializer {
    private final LayerRule rule;
    private final Fill fill;

    /**
     * The keys in a config.
     *
     * @param gain factor on the standard deviation
     * @param distribution form of the distribution
     * @param bias value of biases
     * @param biasProb probability that a sigmoid of the bias shall give, instead of {@code bias}
     * @param layer classes of the layers that are filled
     * @param name in {@code override}: the child module that is filled, whatever its layers
     * @param override rules for single child modules
     */
    public record Config(
            @Default("1.0") double gain,
            @Default("normal") Distribution distribution,
            @Default("0.0") double bias,
            OptionalDouble biasProb,
            @Default("[]") List<String> layer,
            Optional<String> name,
            @Default("[]") List<Initializer> override) {
        /** Checks the values. */
        public Config {
            layer = List.copyOf(layer);
            override = List.copyOf(override);
            Check.check(gain >= 0, "gain must not be negative: %s", gain);
            Check.check(biasProb.orElse(0.5) > 0 && biasProb.orElse(0.5) < 1, "bias_prob must lie between 0 and 1, not %s",
                    biasProb.orElse(0.5));
        }

        LayerRule rule() {
            return new LayerRule(layer, name, biasProb.isPresent() ? LayerRule.biasOf(biasProb.getAsDouble()) : bias, override);
        }
    }

    /** The rule of a config. */
    public Xavier(Config config) {
        rule = config.rule();
        fill = (values, shape, random) -> {
            double deviation = config.gain() * Math.sqrt(2.0 / (Fill.fanIn(shape) + Fill.fanOut(shape)));
            Fill form = config.distribution() == Distribution.NORMAL ? Fill.normal(0, deviation) : Fill.uniform(Math.sqrt(3) * deviation);
            form.fill(values, shape, random);
        };
    }

    @Override
    public Optional<Fill> fill(Weight weight) {
        return rule.fill(weight, fill);
    }

    /** The form of a distribution of given standard deviation. */
    public enum Distribution {
        /** Equally likely between two bounds. */
        UNIFORM,
        /** Normal. */
        NORMAL
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "initializer", name = "Xavier", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Initializer, Config> {
        @Override
        public Initializer create(Config config) {
            return new Xavier(config);
        }
    }
}
