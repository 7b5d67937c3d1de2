package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import dev.selfsup.config.Node.ScalarType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Inheritance: mappings are merged key by key, anything else replaces, {@code _delete_: true} in a mapping replaces too. */
final class Merge {
    static final String DELETE = "_delete_";
    private final Problems problems;

    Merge(Problems problems) {
        this.problems = problems;
    }

    /** The value that results where {@code over} is written over {@code base}. */
    Node merge(Node base, Node over, String path) {
        if (!(over instanceof Node.Mapping mapping) || deletes(mapping) || isNull(base)) {
            return over.replacing(base);
        }
        if (base instanceof Node.Mapping inherited) {
            return mappings(inherited, mapping, path);
        }
        problems.add(over.origin(), path, "a mapping cannot be merged into " + base.describe() + " of " + base.origin()
                + "; write '_delete_: true' in it to replace that");
        return over;
    }

    private Node mappings(Node.Mapping base, Node.Mapping over, String path) {
        Map<String, Entry> entries = new LinkedHashMap<>(base.entries());
        over.entries().forEach((key, entry) -> {
            Entry old = entries.get(key);
            String below = path.isEmpty() ? key : path + "." + key;
            entries.put(key, old == null ? entry : new Entry(entry.key(), merge(old.value(), entry.value(), below)));
        });
        return over.with(entries).replacing(base);
    }

    private static boolean deletes(Node.Mapping mapping) {
        return mapping.get(DELETE).filter(Merge::isTrue).isPresent();
    }

    private static boolean isTrue(Node node) {
        return node instanceof Node.Scalar scalar && scalar.type() == ScalarType.BOOLEAN && scalar.text().equals("true");
    }

    private static boolean isNull(Node node) {
        return node instanceof Node.Scalar scalar && scalar.type() == ScalarType.NULL;
    }

    /** The value without its {@code _delete_} keys, which have done their work. */
    Node clean(Node node) {
        if (node instanceof Node.Sequence list) {
            return new Node.Sequence(list.elements().stream().map(this::clean).toList(), list.origin(), list.replaced());
        }
        if (node instanceof Node.Mapping mapping) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> {
                if (!key.equals(DELETE)) {
                    entries.put(key, new Entry(entry.key(), clean(entry.value())));
                } else if (!(entry.value() instanceof Node.Scalar scalar) || scalar.type() != ScalarType.BOOLEAN) {
                    problems.add(entry.value().origin(), DELETE, "must be true or false, not " + entry.value().describe());
                }
            });
            return mapping.with(entries);
        }
        return node;
    }
}
