package dev.selfsup.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The way from the root of a configuration to a value: keys and list positions joined by dots,
 * {@code train_dataloader.dataset.pipeline.1.size}. Where a mapping has a key that itself contains dots, the longest
 * such key is meant.
 */
final class KeyPath {
    private final List<String> segments;

    private KeyPath(List<String> segments) {
        this.segments = segments;
    }

    /** The path written so; empty if a part of it is empty or there are more parts than a config has levels. */
    static Optional<KeyPath> parse(String text) {
        List<String> segments = Arrays.asList(text.split("\\.", -1));
        boolean sound = segments.size() <= YamlReader.MAX_DEPTH && segments.stream().noneMatch(String::isBlank);
        return sound ? Optional.of(new KeyPath(segments)) : Optional.empty();
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    /** The key of a mapping with which the path starts: one that is there, else the first part. */
    String head(Node.Mapping mapping) {
        for (int n = segments.size(); n > 1; n--) {
            String key = String.join(".", segments.subList(0, n));
            if (mapping.entries().containsKey(key)) {
                return key;
            }
        }
        return segments.get(0);
    }

    /** The first part. */
    String first() {
        return segments.get(0);
    }

    /** The list position with which the path starts, if it is one of that list. */
    OptionalInt position(Node.Sequence list) {
        String first = first();
        if (!first.matches("[0-9]{1,6}") || Integer.parseInt(first) >= list.elements().size()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(first));
    }

    /** What follows a key or position. */
    KeyPath after(String head) {
        return new KeyPath(segments.subList(head.split("\\.", -1).length, segments.size()));
    }

    /** The value at this path, if there is one. */
    Optional<Node> find(Node root) {
        if (segments.isEmpty()) {
            return Optional.of(root);
        }
        if (root instanceof Node.Mapping mapping) {
            String key = head(mapping);
            return mapping.get(key).flatMap(after(key)::find);
        }
        if (root instanceof Node.Sequence list && position(list).isPresent()) {
            return after(segments.get(0)).find(list.elements().get(position(list).getAsInt()));
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return String.join(".", segments);
    }
}
