package dev.selfsup.shell.gogo;

import dev.selfsup.config.Node;
import dev.selfsup.config.Origin;
import dev.selfsup.shell.Call;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The values inside a mapping or list, one a line, with the places they come from. */
final class Origins {
    private Origins() {}

    static void print(Node node, String margin, Call call) {
        Rows rows = new Rows(call.columns());
        leaves("", node, (path, leaf) -> rows.add(path + ":", leaf.inline(),
                leaf.origin() + leaf.replaced().map(old -> ", overrides " + brief(old)).orElse("")));
        rows.print(margin, call.out());
    }

    /** Visits the values in a value that are told in one line each, with their paths. */
    static void leaves(String path, Node node, BiConsumer<String, Node> visitor) {
        String below = path.isEmpty() ? "" : path + ".";
        if (isLeaf(node)) {
            visitor.accept(path, node);
        } else if (node instanceof Node.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> leaves(below + key, entry.value(), visitor));
        } else {
            List<Node> elements = ((Node.Sequence) node).elements();
            for (int i = 0; i < elements.size(); i++) {
                leaves(below + i, elements.get(i), visitor);
            }
        }
    }

    /** Whether a value is told in one line: a scalar, a list of such, something empty. */
    static boolean isLeaf(Node node) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.entries().isEmpty();
        }
        return node instanceof Node.Scalar || ((Node.Sequence) node).elements().stream().allMatch(Origins::isLeaf);
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
