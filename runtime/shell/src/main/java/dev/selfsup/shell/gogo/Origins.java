package dev.selfsup.shell.gogo;

import dev.selfsup.config.Node;
import dev.selfsup.config.Origin;
import dev.selfsup.shell.Call;
import java.util.List;
import java.util.Optional;

/** The values inside a mapping or list, one a line, with the places they come from. */
final class Origins {
    private final Rows rows;

    private Origins(Rows rows) {
        this.rows = rows;
    }

    static void print(Node node, String margin, Call call) {
        Rows rows = new Rows(call.columns());
        new Origins(rows).add("", node);
        rows.print(margin, call.out());
    }

    /** Whether a value is told in one line: a scalar, a list of such, something empty. */
    static boolean isLeaf(Node node) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.entries().isEmpty();
        }
        return node instanceof Node.Scalar || ((Node.Sequence) node).elements().stream().allMatch(Origins::isLeaf);
    }

    private void add(String path, Node node) {
        if (isLeaf(node)) {
            rows.add(path + ":", node.inline(), node.origin() + overridden(node));
        } else if (node instanceof Node.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> add(path.isEmpty() ? key : path + "." + key, entry.value()));
        } else {
            List<Node> elements = ((Node.Sequence) node).elements();
            for (int i = 0; i < elements.size(); i++) {
                add(path.isEmpty() ? Integer.toString(i) : path + "." + i, elements.get(i));
            }
        }
    }

    private static String overridden(Node node) {
        return node.replaced().map(old -> ", overrides " + brief(old)).orElse("");
    }

    /** A value in a few words. */
    static String brief(Node node) {
        String inline = node.inline();
        return inline.length() <= 40 ? inline : node.describe();
    }

    /** What took a value that was written elsewhere to the place of its key, if anything did. */
    static Optional<Origin> taker(Node.Entry entry) {
        Origin key = entry.key();
        Origin value = entry.value().origin();
        boolean elsewhere = !key.source().equals(value.source()) || value.line() < key.line() || value.line() == key.line() && value.column() < key.column();
        return value.line() > 0 && key.line() > 0 && elsewhere ? Optional.of(key) : Optional.empty();
    }
}
