package dev.selfsup.config;

import dev.selfsup.config.Node.Entry;
import dev.selfsup.config.Node.ScalarType;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one YAML document into nodes. Nothing is constructed: only the tags of YAML's core schema are allowed. An alias
 * shares the node that it names; merge keys ({@code <<}) are resolved.
 */
final class YamlReader {
    static final int MAX_CHARACTERS = 4 << 20;
    static final int MAX_DEPTH = 100;
    static final int MAX_VALUES = 200_000;

    private final Function<Mark, Origin> origins;
    private final Problems problems;
    /** Nodes already converted; empty while a node is being converted. */
    private final Map<org.yaml.snakeyaml.nodes.Node, Optional<Node>> converted = new IdentityHashMap<>();

    private YamlReader(Function<Mark, Origin> origins, Problems problems) {
        this.origins = origins;
        this.problems = problems;
    }

    /** Reads the text of a file; empty if it is no YAML at all. An empty file is null. */
    static Optional<Node> readFile(String file, String text, Problems problems) {
        return new YamlReader(mark -> new Origin(file, mark.getLine() + 1, mark.getColumn() + 1), problems)
                .read(text, new Origin(file, 1, 1));
    }

    /** Reads a value given in one piece, as on the command line; empty if it is no YAML. */
    static Optional<Node> readValue(String source, String text, Problems problems) {
        return new YamlReader(mark -> Origin.of(source), problems).read(text, Origin.of(source));
    }

    private Optional<Node> read(String text, Origin start) {
        if (text.length() > MAX_CHARACTERS) {
            problems.add(start, "a config has at most " + MAX_CHARACTERS + " characters, not " + text.length());
            return Optional.empty();
        }
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS + 1);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_VALUES);
        options.setTagInspector(tag -> true); // nothing is constructed; convert() refuses tags, with their place
        try {
            var root = new Composer(new ParserImpl(new StreamReader(text), options), new CoreResolver(), options).getSingleNode();
            Node node = root == null ? new Node.Scalar(ScalarType.NULL, "null", start, Optional.empty()) : convert(root);
            return withinLimit(node, problems) ? Optional.of(node) : Optional.empty();
        } catch (MarkedYAMLException e) {
            problems.add(origins.apply(e.getProblemMark()), "not YAML: " + e.getProblem());
        } catch (ReaderException e) {
            problems.add(start, "not YAML: the character U+%04X is not allowed in it".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            problems.add(start, "not YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Whether a tree is of bearable size once every alias is written out; reports it where it is not. */
    static boolean withinLimit(Node node, Problems problems) {
        if (remaining(node, MAX_VALUES) >= 0) {
            return true;
        }
        problems.add(node.origin(), "a config has at most " + MAX_VALUES + " values, aliases and bases written out");
        return false;
    }

    private static int remaining(Node node, int budget) {
        int left = budget - 1;
        if (node instanceof Node.Sequence list) {
            for (Node element : list.elements()) {
                left = left < 0 ? left : remaining(element, left);
            }
        } else if (node instanceof Node.Mapping mapping) {
            for (Entry entry : mapping.entries().values()) {
                left = left < 0 ? left : remaining(entry.value(), left);
            }
        }
        return left;
    }

    private Node convert(org.yaml.snakeyaml.nodes.Node node) {
        Optional<Node> known = converted.get(node);
        if (known != null) {
            if (known.isEmpty()) {
                problems.add(origin(node), "an anchor cannot contain its own alias");
            }
            return known.orElseGet(() -> nothing(node));
        }
        converted.put(node, Optional.empty());
        Node result = node instanceof ScalarNode scalar ? scalar(scalar)
                : node instanceof SequenceNode list ? sequence(list) : mapping((MappingNode) node);
        converted.put(node, Optional.of(result));
        return result;
    }

    private Node scalar(ScalarNode node) {
        String text = node.getValue();
        ScalarType type = type(node.getTag());
        if (type == null || type != ScalarType.STRING && type != CoreSchema.typeOf(text)
                && !(type == ScalarType.FLOAT && CoreSchema.typeOf(text) == ScalarType.INTEGER)) {
            problems.add(origin(node), type == null ? "the tag " + node.getTag().getValue() + " is not allowed; leave it out"
                    : "'" + text + "' does not fit its tag " + node.getTag().getValue());
            return nothing(node);
        }
        String canonical = switch (type) {
            case NULL -> "null";
            case BOOLEAN -> text.toLowerCase(java.util.Locale.ROOT);
            default -> text;
        };
        return new Node.Scalar(type, canonical, origin(node), Optional.empty());
    }

    private static ScalarType type(Tag tag) {
        if (tag.equals(Tag.STR) || tag.equals(Tag.MERGE)) {
            return ScalarType.STRING;
        }
        if (tag.equals(Tag.NULL)) {
            return ScalarType.NULL;
        }
        if (tag.equals(Tag.BOOL)) {
            return ScalarType.BOOLEAN;
        }
        return tag.equals(Tag.INT) ? ScalarType.INTEGER : tag.equals(Tag.FLOAT) ? ScalarType.FLOAT : null;
    }

    private Node sequence(SequenceNode node) {
        checkTag(node, Tag.SEQ);
        List<Node> elements = new ArrayList<>();
        node.getValue().forEach(element -> elements.add(convert(element)));
        return new Node.Sequence(elements, origin(node), Optional.empty());
    }

    private Node mapping(MappingNode node) {
        checkTag(node, Tag.MAP);
        Optional<String> placeholder = placeholder(node);
        if (placeholder.isPresent()) {
            return Node.Scalar.string(placeholder.get(), origin(node));
        }
        Map<String, Entry> own = new LinkedHashMap<>();
        Map<String, Entry> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merge(tuple.getValueNode(), merged);
            } else {
                put(tuple, own);
            }
        }
        own.forEach((key, entry) -> merged.merge(key, entry, (old, now) -> new Entry(now.key(), now.value().replacing(old.value()))));
        return new Node.Mapping(merged, origin(node), Optional.empty());
    }

    private void put(NodeTuple tuple, Map<String, Entry> entries) {
        Origin place = origin(tuple.getKeyNode());
        if (!(tuple.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.NULL)) {
            problems.add(place, "a key must be a text");
            return;
        }
        Entry entry = new Entry(place, convert(tuple.getValueNode()));
        Entry first = entries.putIfAbsent(key.getValue(), entry);
        if (first != null) {
            problems.add(place, "the key '" + key.getValue() + "' is here twice, first at " + first.key() + "; leave one out");
        }
    }

    private void merge(org.yaml.snakeyaml.nodes.Node value, Map<String, Entry> merged) {
        Node node = convert(value);
        List<Node> sources = node instanceof Node.Sequence list ? list.elements() : List.of(node);
        for (Node source : sources) {
            if (source instanceof Node.Mapping mapping) {
                mapping.entries().forEach(merged::putIfAbsent);
            } else {
                problems.add(origin(value), "<< takes a mapping or a list of mappings, not " + source.describe());
            }
        }
    }

    /** The text of <code>{{_base_.a.b}}</code> written without quotes, which YAML takes for two mappings. */
    private static Optional<String> placeholder(MappingNode outer) {
        return onlyKey(outer)
                .filter(MappingNode.class::isInstance)
                .flatMap(inner -> onlyKey((MappingNode) inner))
                .filter(ScalarNode.class::isInstance)
                .map(key -> ((ScalarNode) key).getValue())
                .filter(key -> key.startsWith("_base_."))
                .map(key -> "{{" + key + "}}");
    }

    private static Optional<org.yaml.snakeyaml.nodes.Node> onlyKey(MappingNode node) {
        boolean alone = node.getFlowStyle() == FlowStyle.FLOW && node.getValue().size() == 1
                && node.getValue().get(0).getValueNode().getTag().equals(Tag.NULL);
        return alone ? Optional.of(node.getValue().get(0).getKeyNode()) : Optional.empty();
    }

    private void checkTag(org.yaml.snakeyaml.nodes.Node node, Tag allowed) {
        if (!node.getTag().equals(allowed)) {
            problems.add(origin(node), "the tag " + node.getTag().getValue() + " is not allowed; leave it out");
        }
    }

    private Node nothing(org.yaml.snakeyaml.nodes.Node node) {
        return new Node.Scalar(ScalarType.NULL, "null", origin(node), Optional.empty());
    }

    private Origin origin(org.yaml.snakeyaml.nodes.Node node) {
        return origins.apply(node.getStartMark());
    }

    /** Gives plain scalars the tags of YAML 1.2 instead of SnakeYAML's of 1.1. */
    private static final class CoreResolver extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, CoreSchema.BOOLEAN, "tTfF");
            addImplicitResolver(Tag.INT, CoreSchema.INTEGER, "-+0123456789");
            addImplicitResolver(Tag.FLOAT, CoreSchema.FLOAT, "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, CoreSchema.NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
