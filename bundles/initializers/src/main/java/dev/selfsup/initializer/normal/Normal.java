package dev.selfsup.initializer.normal;

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

/** Fills the weights of layers from a normal distribution. */
public final class Normal implements Initializer {
    private final LayerRule rule;
    private final Fill fill;

    /**
     * The keys in a config.
     *
     * @param mean mean
     * @param std standard deviation
     * @param bias value of biases
     * @param biasProb probability that a sigmoid of the bias shall give, instead of {@code bias}
     * @param layer classes of the layers that are filled
     * @param name in {@code override}: the child module that is filled, whatever its layers
     * @param override rules for single child modules
     */
    public record Config(
            @Default("0.0") double mean,
            @Default("1.0") double std,
            @Default("0.0") double bias,
            OptionalDouble biasProb,
            @Default("[]") List<String> layer,
            Optional<String> name,
            @Default("[]") List<Initializer> override) {
        /** Checks the values. */
        public Config {
            layer = List.copyOf(layer);
            override = List.copyOf(override);
            Check.check(std >= 0, "std must not be negative: %s", std);
            Check.check(biasProb.orElse(0.5) > 0 && biasProb.orElse(0.5) < 1, "bias_prob must lie between 0 and 1, not %s",
                    biasProb.orElse(0.5));
        }

        LayerRule rule() {
            return new LayerRule(layer, name, biasProb.isPresent() ? LayerRule.biasOf(biasProb.getAsDouble()) : bias, override);
        }
    }

    /** The rule of a config. */
    public Normal(Config config) {
        rule = config.rule();
        fill = Fill.normal(config.mean(), config.std());
    }

    @Override
    public Optional<Fill> fill(Weight weight) {
        return rule.fill(weight, fill);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "initializer", name = "Normal", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Initializer, Config> {
        @Override
        public Initializer create(Config config) {
            return new Normal(config);
        }
    }
}
