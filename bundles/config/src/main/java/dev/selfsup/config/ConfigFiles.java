package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a configuration file with the {@code _base_} files that it names, and they in turn. */
final class ConfigFiles {
    static final String BASE = "_base_";
    private final Problems problems;
    private final Merge merge;
    private final Deque<Path> open = new ArrayDeque<>();

    ConfigFiles(Problems problems) {
        this.problems = problems;
        this.merge = new Merge(problems);
    }

    /** The file merged into its bases, helpers included; an empty mapping if nothing can be read. */
    Node.Mapping read(Path file) {
        return read(file, Origin.of(file.toString()));
    }

    private Node.Mapping read(Path file, Origin named) {
        Path real = file.toAbsolutePath().normalize();
        if (open.contains(real)) {
            problems.add(named, BASE, "a file cannot be its own base: " + cycle(real));
            return Node.Mapping.empty(named);
        }
        open.addLast(real);
        Node.Mapping result = text(file, named)
                .flatMap(text -> YamlReader.readFile(file.toString(), text, problems))
                .flatMap(node -> root(node, problems))
                .map(own -> inherit(own, file))
                .orElseGet(() -> Node.Mapping.empty(named));
        open.removeLast();
        return result;
    }

    private String cycle(Path again) {
        StringBuilder text = new StringBuilder();
        open.stream().dropWhile(path -> !path.equals(again)).forEach(path -> text.append(path.getFileName()).append(" -> "));
        return text.append(again.getFileName()).toString();
    }

    private Optional<String> text(Path file, Origin named) {
        Optional<String> reason = refusal(file);
        if (reason.isEmpty()) {
            try {
                return Optional.of(Files.readString(file));
            } catch (CharacterCodingException e) {
                reason = Optional.of("is not a text in UTF-8, so no YAML config");
            } catch (IOException e) {
                reason = Optional.of("cannot be read: " + e.getMessage());
            }
        }
        String message = "the config " + file + " " + reason.get();
        if (open.size() > 1) {
            problems.add(named, BASE, message);
        } else {
            problems.add(message);
        }
        return Optional.empty();
    }

    private static Optional<String> refusal(Path file) {
        if (Files.isDirectory(file)) {
            return Optional.of("is a folder; name a YAML file in it");
        }
        if (!Files.exists(file)) {
            return Optional.of("does not exist; check the path");
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of("is no regular file; name a YAML file");
        }
        if (!Files.isReadable(file)) {
            return Optional.of("cannot be read; check its permissions");
        }
        if (file.toFile().length() > YamlReader.MAX_CHARACTERS) {
            return Optional.of("has " + file.toFile().length() + " bytes, more than the " + YamlReader.MAX_CHARACTERS + " of a config");
        }
        return file.toString().endsWith(".py") ? Optional.of("is Python; write it as YAML") : Optional.empty();
    }

    static Optional<Node.Mapping> root(Node node, Problems problems) {
        if (node instanceof Node.Mapping mapping) {
            return Optional.of(mapping);
        }
        boolean empty = node instanceof Node.Scalar scalar && scalar.type() == Node.ScalarType.NULL;
        if (!empty) {
            problems.add(node.origin(), "a config is a mapping of keys to values, not " + node.describe());
        }
        return empty ? Optional.of(Node.Mapping.empty(node.origin())) : Optional.empty();
    }

    private Node.Mapping inherit(Node.Mapping own, Path file) {
        Map<String, Entry> inherited = new LinkedHashMap<>();
        own.get(BASE).ifPresent(bases -> {
            for (Node base : bases instanceof Node.Sequence list ? list.elements() : List.of(bases)) {
                base(base, file).entries().forEach((key, entry) -> add(inherited, key, entry, base.origin()));
            }
        });
        Node.Mapping base = new Node.Mapping(inherited, own.origin(), Optional.empty());
        Map<String, Entry> entries = new LinkedHashMap<>(own.entries());
        entries.remove(BASE);
        Node filled = new Placeholders(base, problems).fill(own.with(entries), "");
        Node merged = merge.clean(inherited.isEmpty() ? filled : merge.merge(base, filled, ""));
        return YamlReader.withinLimit(merged, problems) ? (Node.Mapping) merged : Node.Mapping.empty(own.origin());
    }

    private Node.Mapping base(Node name, Path file) {
        if (name instanceof Node.Scalar scalar && scalar.type() == Node.ScalarType.STRING) {
            try {
                return read(file.resolveSibling(scalar.text()).normalize(), name.origin());
            } catch (InvalidPathException e) {
                problems.add(name.origin(), BASE, "is no name of a file: " + e.getReason());
                return Node.Mapping.empty(name.origin());
            }
        }
        problems.add(name.origin(), BASE, "must be a file or a list of files, not " + name.describe());
        return Node.Mapping.empty(name.origin());
    }

    private void add(Map<String, Entry> inherited, String key, Entry entry, Origin base) {
        Entry first = inherited.putIfAbsent(key, entry);
        if (first != null) {
            problems.add(base, BASE, "two bases give the key '" + key + "', at " + first.key() + " and " + entry.key()
                    + "; it can stand in one only");
        }
    }
}
