package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import java.util.LinkedHashMap;
import java.util.Map;

/** The key {@code pretrained} that every model of the reference has beside those of its own: a file with first values of all weights, short for an {@code init_cfg} of type Pretrained. */
final class PretrainedKey {
    /** The kind that has the key. */
    static final String KIND = "algorithm";

    private static final String KEY = "pretrained";

    private PretrainedKey() {}

    /** A model's mapping with {@code init_cfg} in its place, which replaces one that stands beside it, as in the reference. */
    static Node.Mapping resolved(Node.Mapping model) {
        if (model.get(KEY).isEmpty()) {
            return model;
        }
        Map<String, Entry> entries = new LinkedHashMap<>(model.entries());
        Entry file = entries.remove(KEY);
        if (!Binder.isNull(file.value())) {
            Map<String, Entry> rule = new LinkedHashMap<>();
            rule.put("type", new Entry(file.key(), Node.Scalar.string("Pretrained", file.key())));
            rule.put("checkpoint", file);
            entries.put("init_cfg", new Entry(file.key(), Node.Mapping.empty(file.key()).with(rule)));
        }
        return model.with(entries);
    }
}
