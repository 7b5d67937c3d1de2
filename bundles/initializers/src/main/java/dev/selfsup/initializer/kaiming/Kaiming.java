package dev.selfsup.initializer.kaiming;

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
 * Fills the weights of layers so that the variance of activations, or of gradients, stays the same behind rectifiers
 * (Delving Deep into Rectifiers, He et al., ICCV 2015).
 */
public final class Kaiming implements Initializer {
    private final LayerRule rule;
    private final Fill fill;

    /**
     * The keys in a config.
     *
     * @param a slope of the negative side of {@code leaky_relu}
     * @param mode whether the variance of activations (fan_in) or gradients (fan_out) is kept
     * @param nonlinearity what follows the layer
     * @param distribution form of the distribution
     * @param bias value of biases
     * @param biasProb probability that a sigmoid of the bias shall give, instead of {@code bias}
     * @param layer classes of the layers that are filled
     * @param name in {@code override}: the child module that is filled, whatever its layers
     * @param override rules for single child modules
     */
    public record Config(
            @Default("0.0") double a,
            @Default("fan_out") Mode mode,
            @Default("relu") Nonlinearity nonlinearity,
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
            Check.check(biasProb.orElse(0.5) > 0 && biasProb.orElse(0.5) < 1, "bias_prob must lie between 0 and 1, not %s",
                    biasProb.orElse(0.5));
        }

        LayerRule rule() {
            return new LayerRule(layer, name, biasProb.isPresent() ? LayerRule.biasOf(biasProb.getAsDouble()) : bias, override);
        }
    }

    /** The rule of a config. */
    public Kaiming(Config config) {
        rule = config.rule();
        fill = (values, shape, random) -> {
            long fan = config.mode() == Mode.FAN_IN ? Fill.fanIn(shape) : Fill.fanOut(shape);
            double deviation = config.nonlinearity().gain(config.a()) / Math.sqrt(fan);
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

    /** The side of a layer by which its weights are scaled. */
    public enum Mode {
        /** Inputs of an output. */
        FAN_IN,
        /** Outputs of an input. */
        FAN_OUT
    }

    /** Functions behind a layer, under PyTorch's names. */
    public enum Nonlinearity {
        LINEAR, CONV1D, CONV2D, CONV3D, SIGMOID, TANH, RELU, LEAKY_RELU, SELU;

        /**
         * By how much weights are to be larger to make up for the function.
         *
         * @param slope of the negative side of a leaky rectifier
         */
        double gain(double slope) {
            return switch (this) {
                case LINEAR, CONV1D, CONV2D, CONV3D, SIGMOID -> 1;
                case TANH -> 5.0 / 3;
                case RELU -> Math.sqrt(2);
                case LEAKY_RELU -> Math.sqrt(2 / (1 + slope * slope));
                case SELU -> 0.75;
            };
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "initializer", name = "Kaiming", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Initializer, Config> {
        @Override
        public Initializer create(Config config) {
            return new Kaiming(config);
        }
    }
}
