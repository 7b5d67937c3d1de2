package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the reference's runner makes of the top-level keys before it builds anything. */
final class RunKeys {
    /** Keys that mean nothing here. */
    static final Set<String> IGNORED =
            Set.of("custom_imports", "file_client_args", "auto_scale_lr", "find_unused_parameters", "launcher");
    /** A key of the model, which may stand at top level too. */
    private static final String PREPROCESSOR = "data_preprocessor";
    /** Hooks that every run has unless its config gives another of that name, or null. */
    private static final String HOOKS = """
            runtime_info: {type: RuntimeInfoHook}
            timer: {type: IterTimerHook}
            sampler_seed: {type: DistSamplerSeedHook}
            logger: {type: LoggerHook}
            param_scheduler: {type: ParamSchedulerHook}
            checkpoint: {type: CheckpointHook}
            collapse: {type: CollapseHook}
            """;

    private RunKeys() {}

    /** The configuration without keys that are null or mean nothing; default hooks, the type of the loop and the model's preprocessor filled in. */
    static Config prepare(Config config) {
        Map<String, Entry> entries = new LinkedHashMap<>(config.root().entries());
        entries.keySet().removeAll(IGNORED);
        entries.values().removeIf(entry -> Binder.isNull(entry.value()));
        entries.computeIfPresent("train_cfg", (key, entry) -> new Entry(entry.key(), loop(entry.value())));
        if (config.find("model").orElse(null) instanceof Node.Mapping model && entries.containsKey(PREPROCESSOR)) {
            Entry preprocessor = entries.remove(PREPROCESSOR);
            entries.computeIfPresent("model", (key, entry) -> new Entry(entry.key(), preprocessed(model, preprocessor)));
        }
        Entry none = new Entry(config.root().origin(), Node.Mapping.empty(config.root().origin()));
        entries.merge("default_hooks", none, (given, empty) -> given);
        entries.computeIfPresent("default_hooks", (key, entry) -> new Entry(entry.key(), hooks(entry.value())));
        return config.with(entries);
    }

    /** The path at which a value is after {@link #prepare}. */
    static String place(String path) {
        return path.equals(PREPROCESSOR) || path.startsWith(PREPROCESSOR + ".") ? "model." + path : path;
    }

    /** A model with the preprocessor that stands at top level, unless it has one of its own. */
    private static Node preprocessed(Node.Mapping model, Entry preprocessor) {
        Map<String, Entry> entries = new LinkedHashMap<>(model.entries());
        entries.putIfAbsent(PREPROCESSOR, preprocessor);
        return model.with(entries);
    }

    private static Node hooks(Node given) {
        if (!(given instanceof Node.Mapping mapping)) {
            return given;
        }
        Map<String, Entry> hooks = new LinkedHashMap<>(Config.parse("default_hooks (default)", HOOKS).root().entries());
        hooks.putAll(mapping.entries());
        return mapping.with(hooks);
    }

    /** A loop without type, of which {@code by_epoch} tells the kind. */
    private static Node loop(Node given) {
        if (!(given instanceof Node.Mapping mapping) || mapping.get("type").isPresent()) {
            return given;
        }
        Optional<Node> byEpoch = mapping.get("by_epoch").filter(node -> node.describe().equals("true") || node.describe().equals("false"));
        if (byEpoch.isEmpty()) {
            return given;
        }
        Origin origin = byEpoch.get().origin();
        Map<String, Entry> entries = new LinkedHashMap<>(mapping.entries());
        entries.remove("by_epoch");
        String type = byEpoch.get().describe().equals("true") ? "EpochBasedTrainLoop" : "IterBasedTrainLoop";
        entries.put("type", new Entry(origin, Node.Scalar.string(type, origin)));
        return mapping.with(entries);
    }
}
