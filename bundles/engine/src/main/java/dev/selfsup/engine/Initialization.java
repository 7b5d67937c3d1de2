package dev.selfsup.engine;

import java.util.Optional;
import java.util.Set;

/**
 * A rule for the first values of the weights below a module: one entry of its {@code init_cfg}. Where several rules
 * match, the rule of the innermost module wins, among the rules of one module the last.
 */
public interface Initialization {
    /**
     * A weight to be filled.
     *
     * @param path module path of its layer relative to the module that has the rule, {@code layer1.0.conv1}; empty for the module itself
     * @param name name within the layer: {@code weight} or {@code bias}
     * @param layer the layer's type
     * @param shape the weight's shape
     */
    record Weight(String path, String name, LayerType layer, long[] shape) {
        /** Name relative to the module that has the rule. */
        public String key() {
            return path.isEmpty() ? name : path + "." + name;
        }
    }

    /** A rule that wins over those of inner modules. */
    static Initialization overriding(Initialization rule) {
        return new Initialization() {
            @Override
            public Optional<Fill> fill(Weight weight) {
                return rule.fill(weight);
            }

            @Override
            public double factor(Weight weight) {
                return rule.factor(weight);
            }

            @Override
            public boolean overridesInner() {
                return true;
            }
        };
    }

    /** How the rule fills the weight; empty where it does not apply. */
    Optional<Fill> fill(Weight weight);

    /** The factor on the weight's first values, whatever rule gives them, but for pretrained ones; 1 for most rules. */
    default double factor(Weight weight) {
        return 1;
    }

    /** Whether the rule wins over those of inner modules, as loading pretrained weights does, or first values that a method insists on; of several such rules the outermost wins. */
    default boolean overridesInner() {
        return false;
    }

    /** Whether the values are those of a file, which is to have them for all weights and buffers below its module; {@link Weights#loads} tells of which it had. */
    default boolean loads() {
        return false;
    }

    /** Where a rule that loads weights has them from, for messages. */
    default String source() {
        return toString();
    }

    /** Names that a rule that loads weights has beside those that it was asked for, below the same modules. */
    default Set<String> left() {
        return Set.of();
    }
}
