package dev.selfsup.config;

import dev.selfsup.config.Node.ScalarType;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes nodes as YAML: mappings and lists in blocks, short lists of scalars in brackets, texts in quotes where needed. */
final class YamlWriter {
    private static final int WIDTH = 100;
    private static final Pattern PLAIN = Pattern.compile("(?!\\.\\.\\.)[A-Za-z_/.$][\\w/.+@$-]*( [\\w/.+@$(-][\\w/.+@$()-]*)*");
    private final StringBuilder out = new StringBuilder();

    private YamlWriter() {}

    static String write(Node.Mapping root) {
        YamlWriter writer = new YamlWriter();
        if (root.entries().isEmpty()) {
            return "{}\n";
        }
        writer.mapping(root, "", false);
        return writer.out.toString();
    }

    /** A value on one line. */
    static String inline(Node node) {
        return flow(node);
    }

    /** Writes the entries, the first one on the line already begun if {@code inline}. */
    private void mapping(Node.Mapping mapping, String indent, boolean inline) {
        boolean first = inline;
        for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
            out.append(first ? "" : indent).append(string(entry.getKey())).append(':');
            first = false;
            Node value = entry.getValue().value();
            if (isBlock(value)) {
                out.append('\n');
                block(value, indent + "  ", false);
            } else {
                out.append(' ').append(flow(value)).append('\n');
            }
        }
    }

    private void sequence(List<Node> elements, String indent, boolean inline) {
        boolean first = inline;
        for (Node element : elements) {
            out.append(first ? "" : indent).append("- ");
            first = false;
            if (isBlock(element)) {
                block(element, indent + "  ", true);
            } else {
                out.append(flow(element)).append('\n');
            }
        }
    }

    private void block(Node node, String indent, boolean inline) {
        if (node instanceof Node.Mapping mapping) {
            mapping(mapping, indent, inline);
        } else {
            sequence(((Node.Sequence) node).elements(), indent, inline);
        }
    }

    private static boolean isBlock(Node node) {
        if (node instanceof Node.Mapping mapping) {
            return !mapping.entries().isEmpty();
        }
        return node instanceof Node.Sequence list && (!isFlat(list) || flow(list).length() > WIDTH);
    }

    /** Whether a list holds scalars, or lists of scalars, only. */
    private static boolean isFlat(Node.Sequence list) {
        return list.elements().stream().allMatch(element -> element instanceof Node.Scalar
                || element instanceof Node.Sequence inner && inner.elements().stream().allMatch(Node.Scalar.class::isInstance));
    }

    private static String flow(Node node) {
        if (node instanceof Node.Scalar scalar) {
            return scalar.type() == ScalarType.STRING ? string(scalar.text()) : scalar.text();
        }
        if (node instanceof Node.Sequence list) {
            return list.elements().stream().map(YamlWriter::flow).collect(Collectors.joining(", ", "[", "]"));
        }
        return ((Node.Mapping) node).entries().entrySet().stream().map(entry -> string(entry.getKey()) + ": " + flow(entry.getValue().value()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String string(String text) {
        boolean plain = text.length() <= WIDTH && PLAIN.matcher(text).matches() && CoreSchema.typeOf(text) == ScalarType.STRING;
        return plain ? text : JsonWriter.quote(text);
    }
}
