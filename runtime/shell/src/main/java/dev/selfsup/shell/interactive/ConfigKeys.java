package dev.selfsup.shell.interactive;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.Node;
import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescription.ConfigKey;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jline.reader.Candidate;

/**
 * Keys of a config, level by level: those that it has, with their values, and those that the components named in it know besides, with their defaults.
 */
final class ConfigKeys {
    private final List<ComponentDescription> components;
    private final boolean values;

    /** A mapping of the config, or a list, and what is known of its keys. */
    private record At(Node node, List<ConfigKey> known) {}

    /**
     * @param components what is installed
     * @param values whether {@code =} and a value follow a key
     */
    ConfigKeys(List<ComponentDescription> components, boolean values) {
        this.components = components;
        this.values = values;
    }

    /**
     * What may be typed.
     *
     * @param config the file
     * @param typed the beginning of {@code a.b.c=value}
     */
    List<Candidate> propose(Optional<String> config, String typed) {
        try {
            Node root = Config.load(Path.of(config.orElse("")), List.of()).root();
            int equals = typed.indexOf('=');
            String path = equals < 0 ? typed : typed.substring(0, equals);
            String parent = path.substring(0, Math.max(0, path.lastIndexOf('.')));
            Optional<At> at = find(new At(root, List.of()), parent);
            if (at.isEmpty()) {
                return List.of();
            }
            String last = path.substring(parent.isEmpty() ? 0 : parent.length() + 1);
            return equals < 0 ? keys(at.get(), parent.isEmpty() ? "" : parent + ".") : values(at.get(), last, typed.substring(0, equals + 1));
        } catch (UsageException | InvalidPathException e) {
            return List.of(); // told when the line is run
        }
    }

    private Optional<At> find(At from, String path) {
        Optional<At> at = Optional.of(typed(from));
        for (String segment : path.isEmpty() ? new String[0] : path.split("\\.")) {
            at = at.flatMap(here -> child(here, segment)).map(this::typed);
        }
        return at;
    }

    private static Optional<At> child(At parent, String segment) {
        List<ConfigKey> below = parent.known.stream().filter(key -> key.name().equals(segment)).findFirst().map(ConfigKey::keys).orElse(List.of());
        if (parent.node instanceof Node.Mapping mapping) {
            return mapping.get(segment).map(node -> new At(node, below));
        }
        if (parent.node instanceof Node.Sequence list && segment.matches("\\d{1,6}") && Integer.parseInt(segment) < list.elements().size()) {
            return Optional.of(new At(list.elements().get(Integer.parseInt(segment)), parent.known));
        }
        return Optional.empty();
    }

    /** With the keys of the component that a mapping names. */
    private At typed(At at) {
        return component(at.node).map(component -> new At(at.node, component.keys())).orElse(at);
    }

    private Optional<ComponentDescription> component(Node node) {
        return type(node).flatMap(type -> components.stream()
                .filter(c -> type.equals(c.type()) || type.equals(c.scope() + "." + c.type()) || type.equals(c.scope() + "/" + c.type())).findFirst());
    }

    private static Optional<String> type(Node node) {
        return node instanceof Node.Mapping mapping ? mapping.get("type").map(ConfigKeys::text) : Optional.empty();
    }

    private List<Candidate> keys(At at, String prefix) {
        Map<String, Candidate> proposed = new LinkedHashMap<>();
        if (at.node instanceof Node.Sequence list) {
            for (int i = 0; i < list.elements().size(); i++) {
                Node element = list.elements().get(i);
                proposed.put(Integer.toString(i), key(prefix + i, Integer.toString(i), element, type(element).orElseGet(() -> text(element))));
            }
        } else if (at.node instanceof Node.Mapping mapping) {
            mapping.entries().forEach((key, entry) ->
                    proposed.put(key, key(prefix + key, key, entry.value(), type(entry.value()).orElseGet(() -> text(entry.value())))));
            at.known.forEach(key -> proposed.computeIfAbsent(key.name(), name -> key(prefix + name, name, null, documented(key))));
        }
        return new ArrayList<>(proposed.values());
    }

    private Candidate key(String path, String name, Node value, String description) {
        boolean deeper = value instanceof Node.Mapping || value instanceof Node.Sequence;
        String end = deeper ? "." : values ? "=" : "";
        return new Candidate(path + end, name + end, null, ShellCompleter.shortened(description), null, null, end.isEmpty());
    }

    private static String documented(ConfigKey key) {
        return key.type() + key.byDefault().map(value -> ", default " + value).orElse("");
    }

    /** The value that stands there, and others where there are few. */
    private List<Candidate> values(At at, String key, String prefix) {
        List<String> proposed = new ArrayList<>();
        if (at.node instanceof Node.Mapping mapping) {
            mapping.get(key).filter(Node.Scalar.class::isInstance).map(ConfigKeys::text).ifPresent(proposed::add);
        }
        if (key.equals("type")) {
            component(at.node).ifPresent(now -> components.stream().filter(c -> c.kind().equals(now.kind())).map(ComponentDescription::type).forEach(proposed::add));
        }
        at.known.stream().filter(k -> k.name().equals(key)).forEach(k -> k.byDefault().ifPresent(proposed::add));
        if (proposed.contains("true") || proposed.contains("false")) {
            proposed.addAll(List.of("true", "false"));
        }
        return proposed.stream().distinct().map(value -> new Candidate(prefix + value, value, null, null, null, null, true)).toList();
    }

    private static String text(Node node) {
        return node instanceof Node.Scalar scalar ? scalar.text() : node.describe();
    }
}
