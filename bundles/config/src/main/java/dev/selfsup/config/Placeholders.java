package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values of the {@code _base_} files in place of <code>{{_base_.a.b}}</code>: the value itself where the placeholder is all
 * of a text, its text where it is a part of one.
 */
final class Placeholders {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*_base_\\.([^{}\\s]+)\\s*}}");
    private final Node.Mapping base;
    private final Problems problems;

    /**
     * @param base the merged bases of a file
     * @param problems where unknown paths are reported
     */
    Placeholders(Node.Mapping base, Problems problems) {
        this.base = base;
        this.problems = problems;
    }

    Node fill(Node node, String path) {
        if (node instanceof Node.Mapping mapping) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) ->
                    entries.put(key, new Entry(entry.key(), fill(entry.value(), path.isEmpty() ? key : path + "." + key))));
            return mapping.with(entries);
        }
        if (node instanceof Node.Sequence list) {
            var elements = new java.util.ArrayList<Node>();
            list.elements().forEach(element -> elements.add(fill(element, path + "." + elements.size())));
            return new Node.Sequence(elements, list.origin(), list.replaced());
        }
        Node.Scalar scalar = (Node.Scalar) node;
        return scalar.type() == Node.ScalarType.STRING && scalar.text().contains("{{") ? fill(scalar, path) : scalar;
    }

    private Node fill(Node.Scalar scalar, String path) {
        Matcher matcher = PLACEHOLDER.matcher(scalar.text());
        if (matcher.matches()) {
            return find(scalar, matcher, path).orElse(scalar);
        }
        String text = matcher.reset().replaceAll(match -> Matcher.quoteReplacement(text(scalar, match, path)));
        return text.equals(scalar.text()) ? scalar : new Node.Scalar(scalar.type(), text, scalar.origin(), scalar.replaced());
    }

    private String text(Node.Scalar scalar, java.util.regex.MatchResult match, String path) {
        Optional<Node> value = find(scalar, match, path);
        if (value.isPresent() && !(value.get() instanceof Node.Scalar)) {
            problems.add(scalar.origin(), path, match.group() + " is " + value.get().describe() + " and cannot be a part of a text");
        }
        return value.map(node -> node instanceof Node.Scalar part ? part.text() : "").orElse("");
    }

    private Optional<Node> find(Node.Scalar scalar, java.util.regex.MatchResult match, String path) {
        Optional<Node> value = KeyPath.parse(match.group(1)).flatMap(keys -> keys.find(base));
        if (value.isEmpty()) {
            problems.add(scalar.origin(), path, match.group() + " is not in the _base_ files");
        }
        return value;
    }
}
