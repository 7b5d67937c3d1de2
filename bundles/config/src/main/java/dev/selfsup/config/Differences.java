package dev.selfsup.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares two configurations, value by value: mappings by key, lists by position. */
public final class Differences {
    private final List<Difference> found = new ArrayList<>();

    private Differences() {}

    /**
     * A path with different values.
     *
     * @param parent the mapping or list in which the values stand, as a path; empty at top level
     * @param key key or position in it
     * @param before the value in the first configuration, if it has one
     * @param after the value in the second configuration, if it has one
     */
    public record Difference(String parent, String key, Optional<Node> before, Optional<Node> after) {}

    /** What differs, in the order of the first configuration; empty where both mean the same. */
    public static List<Difference> between(Config before, Config after) {
        Differences differences = new Differences();
        differences.mappings("", before.root(), after.root());
        return List.copyOf(differences.found);
    }

    private void mappings(String path, Node.Mapping before, Node.Mapping after) {
        Set<String> keys = new LinkedHashSet<>(before.entries().keySet());
        keys.addAll(after.entries().keySet());
        keys.forEach(key -> values(path, key, before.get(key), after.get(key)));
    }

    private void lists(String path, List<Node> before, List<Node> after) {
        for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
            values(path, Integer.toString(i), element(before, i), element(after, i));
        }
    }

    private static Optional<Node> element(List<Node> list, int index) {
        return index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
    }

    private void values(String parent, String key, Optional<Node> before, Optional<Node> after) {
        String path = parent.isEmpty() ? key : parent + "." + key;
        if (before.orElse(null) instanceof Node.Mapping old && after.orElse(null) instanceof Node.Mapping now) {
            mappings(path, old, now);
        } else if (before.orElse(null) instanceof Node.Sequence old && after.orElse(null) instanceof Node.Sequence now) {
            lists(path, old.elements(), now.elements());
        } else if (before.isEmpty() || after.isEmpty() || !before.get().sameAs(after.get())) {
            found.add(new Difference(parent, key, before, after));
        }
    }
}
