package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values given on the command line: {@code --cfg-options model.backbone.depth=18 pipeline.1.size=[96, 96]}. */
final class Overrides {
    private static final String OPTION = "--cfg-options ";
    private final Problems problems;
    private final Merge merge;

    Overrides(Problems problems) {
        this.problems = problems;
        this.merge = new Merge(problems);
    }

    /** The configuration with {@code KEY=VALUE} options applied in turn; missing mappings are created. */
    Node.Mapping apply(Node.Mapping root, List<String> options) {
        Node result = root;
        for (String option : options) {
            result = apply(result, option);
        }
        return (Node.Mapping) merge.clean(result);
    }

    private Node apply(Node root, String option) {
        int equals = option.indexOf('=');
        Origin origin = Origin.of(OPTION + option);
        Optional<KeyPath> path = equals < 0 ? Optional.empty() : KeyPath.parse(option.substring(0, equals).strip());
        if (path.isEmpty()) {
            problems.add(origin, "write KEY=VALUE, as in model.backbone.depth=18");
            return root;
        }
        if (path.get().toString().equals(ConfigFiles.BASE)) {
            problems.add(origin, "_base_ cannot be set here; it belongs into the file");
            return root;
        }
        Optional<Node> value = YamlReader.readValue(OPTION + option, option.substring(equals + 1), problems)
                .map(node -> new Placeholders(Node.Mapping.empty(origin), problems).fill(node, path.get().toString()));
        return value.map(node -> set(root, path.get(), node, path.get())).orElse(root);
    }

    private Node set(Node target, KeyPath rest, Node value, KeyPath whole) {
        if (rest.isEmpty()) {
            return merge.merge(target, value, whole.toString());
        }
        if (target instanceof Node.Mapping mapping) {
            String key = rest.head(mapping);
            KeyPath below = rest.after(key);
            Map<String, Entry> entries = new LinkedHashMap<>(mapping.entries());
            Node old = mapping.get(key).orElse(null);
            Origin keyOrigin = old == null ? value.origin() : entries.get(key).key();
            entries.put(key, new Entry(keyOrigin, old == null ? create(below, value) : set(old, below, value, whole)));
            return mapping.with(entries);
        }
        if (target instanceof Node.Sequence list) {
            return setElement(list, rest, value, whole);
        }
        if (((Node.Scalar) target).type() == Node.ScalarType.NULL) {
            return create(rest, value).replacing(target);
        }
        problems.add(value.origin(), whole.toString(), "'" + rest + "' lies below " + target.describe() + " of " + target.origin());
        return target;
    }

    private Node setElement(Node.Sequence list, KeyPath rest, Node value, KeyPath whole) {
        if (rest.position(list).isEmpty()) {
            problems.add(value.origin(), whole.toString(), "'" + rest + "' must start with a position in the list of "
                    + list.origin() + ", from 0 to " + (list.elements().size() - 1));
            return list;
        }
        int position = rest.position(list).getAsInt();
        List<Node> elements = new ArrayList<>(list.elements());
        elements.set(position, set(elements.get(position), rest.after("0"), value, whole));
        return new Node.Sequence(elements, list.origin(), list.replaced());
    }

    private static Node create(KeyPath path, Node value) {
        if (path.isEmpty()) {
            return value;
        }
        Node.Mapping parent = Node.Mapping.empty(value.origin());
        String key = path.head(parent);
        return parent.with(Map.of(key, new Entry(value.origin(), create(path.after(key), value))));
    }
}
