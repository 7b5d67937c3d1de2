package dev.selfsup.config;

import java.util.List;
import java.util.stream.Collectors;

/** Writes nodes as JSON on one line. */
final class JsonWriter {
    private JsonWriter() {}

    static String write(Node node) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.entries().entrySet().stream()
                    .map(entry -> quote(entry.getKey()) + ": " + write(entry.getValue().value()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (node instanceof Node.Sequence list) {
            List<String> elements = list.elements().stream().map(JsonWriter::write).toList();
            return "[" + String.join(", ", elements) + "]";
        }
        Node.Scalar scalar = (Node.Scalar) node;
        return switch (scalar.type()) {
            case NULL, BOOLEAN -> scalar.text();
            case INTEGER -> scalar.integer().toString();
            case FLOAT -> Double.isFinite(scalar.number()) ? Double.toString(scalar.number()) : quote(scalar.text());
            case STRING -> quote(scalar.text());
        };
    }

    /** A text in double quotes, the same in JSON and YAML. */
    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (c >= ' ' && c < 0x7f || c > 0xff && Character.isLetterOrDigit(c)) {
                out.append(c);
            } else {
                out.append("\\u%04x".formatted((int) c));
            }
        }
        return out.append('"').toString();
    }
}
