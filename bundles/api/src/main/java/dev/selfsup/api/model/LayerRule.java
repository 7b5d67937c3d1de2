package dev.selfsup.api.model;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Initialization.Weight;
import java.util.List;
import java.util.Optional;

/**
 * Which weights an {@code init_cfg} fills: of every layer that is meant, the weight as its type says and the bias with
 * a constant. A layer is meant if its class is listed or, in a rule with a name, as rules in {@code override} have it, if
 * it is the module of that name or lies below it.
 *
 * @param layer class names, as {@code Conv2d} or {@code _BatchNorm}; ignored where there is a name
 * @param name a module below the one that has the rule
 * @param bias value of biases
 * @param override rules that win over this one
 */
public record LayerRule(List<String> layer, Optional<String> name, double bias, List<Initializer> override) {
    public LayerRule {
        layer = List.copyOf(layer);
        override = List.copyOf(override);
    }

    /** The bias for which a sigmoid gives a probability: {@code -log((1 - p) / p)}. */
    public static double biasOf(double probability) {
        return -StrictMath.log((1 - probability) / probability);
    }

    /**
     * How a weight is filled.
     *
     * @param weight the weight
     * @param fill what the rule's type gives weights
     * @return empty where the rule does not mean the weight
     */
    public Optional<Fill> fill(Weight weight, Fill fill) {
        for (int i = override.size() - 1; i >= 0; i--) {
            Optional<Fill> winner = override.get(i).fill(weight);
            if (winner.isPresent()) {
                return winner;
            }
        }
        if (!means(weight)) {
            return Optional.empty();
        }
        return switch (weight.name()) {
            case "weight" -> Optional.of(fill);
            case "bias" -> Optional.of(Fill.constant(bias));
            default -> Optional.empty();
        };
    }

    private boolean means(Weight weight) {
        return name.map(n -> weight.path().equals(n) || weight.path().startsWith(n + "."))
                .orElseGet(() -> layer.stream().anyMatch(weight.layer()::is));
    }
}
