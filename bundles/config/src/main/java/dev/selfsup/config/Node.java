package dev.selfsup.config;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a configuration with the place it was written at. Immutable. */
public sealed interface Node {
    /** Where the value was written; of a merged mapping, where it was written last. */
    Origin origin();

    /** The value that this one overrode: that of a {@code _base_} file, or of the file for an option. */
    Optional<Node> replaced();

    /** This value as one that overrides another; what it overrode before comes first. */
    Node replacing(Node other);

    /** Whether both hold the same value, wherever they were written; mappings regardless of the order of their keys. */
    boolean sameAs(Node other);

    /** The value in a few words, for messages: {@code the number 3}, {@code a list}. */
    String describe();

    /** The value on one line of YAML. */
    default String inline() {
        return YamlWriter.inline(this);
    }

    private static Node older(Optional<Node> replaced, Node oldest) {
        return replaced.map(node -> node.replacing(oldest)).orElse(oldest);
    }

    /** What a scalar is, by YAML 1.2's core schema. */
    enum ScalarType { NULL, BOOLEAN, INTEGER, FLOAT, STRING }

    /**
     * Text, number, truth value or null.
     *
     * @param type what it is
     * @param text as written; {@code null}, {@code true} and {@code false} in this form
     * @param origin where it was written
     * @param replaced what it overrode
     */
    record Scalar(ScalarType type, String text, Origin origin, Optional<Node> replaced) implements Node {
        /** A text. */
        public static Scalar string(String text, Origin origin) {
            return new Scalar(ScalarType.STRING, text, origin, Optional.empty());
        }

        /** Whether this is a number. */
        public boolean isNumber() {
            return type == ScalarType.INTEGER || type == ScalarType.FLOAT;
        }

        /** The value of an integer. */
        public BigInteger integer() {
            return CoreSchema.integer(text);
        }

        /** The value of a number. */
        public double number() {
            return type == ScalarType.INTEGER ? integer().doubleValue() : CoreSchema.decimal(text);
        }

        @Override
        public Scalar replacing(Node other) {
            return new Scalar(type, text, origin, Optional.of(older(replaced, other)));
        }

        @Override
        public boolean sameAs(Node other) {
            return other instanceof Scalar that && type == that.type && switch (type) {
                case INTEGER -> integer().equals(that.integer());
                case FLOAT -> Double.compare(number(), that.number()) == 0;
                default -> text.equals(that.text);
            };
        }

        @Override
        public String describe() {
            return switch (type) {
                case NULL, BOOLEAN -> text;
                case INTEGER, FLOAT -> "the number " + text;
                case STRING -> "the text '" + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + "'";
            };
        }
    }

    /**
     * A list.
     *
     * @param elements its elements
     * @param origin where it was written
     * @param replaced what it overrode
     */
    record Sequence(List<Node> elements, Origin origin, Optional<Node> replaced) implements Node {
        public Sequence {
            elements = List.copyOf(elements);
        }

        @Override
        public Sequence replacing(Node other) {
            return new Sequence(elements, origin, Optional.of(older(replaced, other)));
        }

        @Override
        public boolean sameAs(Node other) {
            if (!(other instanceof Sequence that) || elements.size() != that.elements.size()) {
                return false;
            }
            for (int i = 0; i < elements.size(); i++) {
                if (!elements.get(i).sameAs(that.elements.get(i))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * A value under its key.
     *
     * @param key where the key was written
     * @param value the value
     */
    record Entry(Origin key, Node value) {}

    /**
     * Values under keys.
     *
     * @param entries the values by key, in the order of the file
     * @param origin where it was written
     * @param replaced what it overrode
     */
    record Mapping(Map<String, Entry> entries, Origin origin, Optional<Node> replaced) implements Node {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** A mapping without keys. */
        public static Mapping empty(Origin origin) {
            return new Mapping(Map.of(), origin, Optional.empty());
        }

        /** The value of a key, if it is there. */
        public Optional<Node> get(String key) {
            return Optional.ofNullable(entries.get(key)).map(Entry::value);
        }

        /** This mapping with other entries. */
        public Mapping with(Map<String, Entry> others) {
            return new Mapping(others, origin, replaced);
        }

        @Override
        public Mapping replacing(Node other) {
            return new Mapping(entries, origin, Optional.of(older(replaced, other)));
        }

        @Override
        public boolean sameAs(Node other) {
            return other instanceof Mapping that && entries.keySet().equals(that.entries.keySet())
                    && entries.entrySet().stream().allMatch(e -> e.getValue().value().sameAs(that.entries.get(e.getKey()).value()));
        }

        @Override
        public String describe() {
            return "a mapping";
        }
    }
}
