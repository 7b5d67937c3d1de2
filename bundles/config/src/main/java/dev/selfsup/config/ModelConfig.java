package dev.selfsup.config;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.model.Algorithm;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The part of a configuration file that makes the network, bound.
 *
 * @param model the method, whose weights a checkpoint gives: rules for first values, as files of pretrained weights, are left out
 */
public record ModelConfig(Algorithm model) {
    private static final Set<String> KEYS = Set.of("model", Place.SCOPE);
    private static final Set<String> FIRST_VALUES = Set.of("init_cfg", "pretrained");

    /**
     * Binds the part; a {@code data_preprocessor} at top level is the model's.
     *
     * @param config the configuration
     * @param components what types can be named
     * @throws dev.selfsup.api.run.UsageException with all mistakes found, one a line
     */
    public static ModelConfig of(Config config, Components components) {
        return of(config, ModelConfig::loaded, components);
    }

    /** The same with the rules for first values, for a model that no checkpoint gives weights to. */
    public static ModelConfig untrained(Config config, Components components) {
        return of(config, model -> model, components);
    }

    private static ModelConfig of(Config config, UnaryOperator<Node> change, Components components) {
        Config prepared = RunKeys.prepare(config);
        Map<String, Node.Entry> entries = new LinkedHashMap<>(prepared.root().entries());
        entries.keySet().retainAll(KEYS);
        entries.computeIfPresent("model", (key, entry) -> new Node.Entry(entry.key(), change.apply(entry.value())));
        return prepared.bind(prepared.root().with(entries), ModelConfig.class, components);
    }

    /** A model without rules for the first values of its weights. */
    static Node loaded(Node model) {
        if (!(model instanceof Node.Mapping mapping)) {
            return model;
        }
        Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
        entries.keySet().removeAll(FIRST_VALUES);
        entries.replaceAll((key, entry) -> new Node.Entry(entry.key(), loaded(entry.value())));
        return mapping.with(entries);
    }
}
