package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was written for one path in the files and options of a configuration: also values that were replaced with the whole mapping or list in which they
 * stood.
 */
final class History {
    private History() {}

    /**
     * The values of a path.
     *
     * @param root a merged configuration
     * @param path where to look
     * @return the newest first, each place in a file or option once; the first is the value that counts, where the path has one
     */
    static List<Entry> of(Node root, KeyPath path) {
        List<Entry> found = versions(List.of(new Entry(root.origin(), root)));
        KeyPath rest = path;
        while (!rest.isEmpty() && !found.isEmpty()) {
            String head = head(found, rest);
            found = versions(found.stream().flatMap(entry -> child(entry.value(), head).stream()).toList());
            rest = rest.after(head);
        }
        return found;
    }

    private static String head(List<Entry> parents, KeyPath rest) {
        return parents.get(0).value() instanceof Node.Mapping mapping ? rest.head(mapping) : rest.first();
    }

    private static Optional<Entry> child(Node parent, String head) {
        if (parent instanceof Node.Mapping mapping) {
            return Optional.ofNullable(mapping.entries().get(head));
        }
        return KeyPath.parse(head).flatMap(key -> key.find(parent)).map(element -> new Entry(element.origin(), element));
    }

    /** Each value followed by those that it replaced. */
    private static List<Entry> versions(List<Entry> entries) {
        Map<Origin, Entry> byPlace = new LinkedHashMap<>();
        for (Entry entry : entries) {
            byPlace.putIfAbsent(entry.value().origin(), entry);
            for (Optional<Node> old = entry.value().replaced(); old.isPresent(); old = old.get().replaced()) {
                byPlace.putIfAbsent(old.get().origin(), new Entry(old.get().origin(), old.get()));
            }
        }
        return new ArrayList<>(byPlace.values());
    }
}
