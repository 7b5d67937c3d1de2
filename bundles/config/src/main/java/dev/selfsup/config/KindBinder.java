package dev.selfsup.config;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Kind;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Binds mappings to components through the factory that {@code type:} names. */
final class KindBinder {
    static final String TYPE = "type";
    private final Components components;
    private final RecordBinder records;
    private final Problems problems;

    KindBinder(Components components, RecordBinder records, Problems problems) {
        this.components = components;
        this.records = records;
        this.problems = problems;
    }

    /**
     * Builds a component.
     *
     * @param node its mapping, or its type alone
     * @param field the kind
     * @param besideKey the type where it stands beside the mapping rather than in it
     * @return the component; empty if a problem was reported
     */
    Optional<Object> bind(Place place, Node node, Class<?> field, Optional<Node> besideKey) {
        Kind kind = field.getAnnotation(Kind.class);
        boolean bare = node instanceof Node.Scalar scalar && scalar.type() == Node.ScalarType.STRING;
        if (!bare && !(node instanceof Node.Mapping)) {
            problems.add(node.origin(), place.path(), "must be a mapping with the type of " + a(kind.value()) + ", not " + node.describe());
            return Optional.empty();
        }
        Node.Mapping mapping = bare ? Node.Mapping.empty(node.origin()) : (Node.Mapping) node;
        Place inside = place.in(mapping);
        Optional<Node> named = bare ? Optional.of(node) : besideKey.or(() -> mapping.get(TYPE));
        return type(inside, mapping, named, kind)
                .flatMap(type -> find(bare ? inside : inside.at(TYPE), type, kind.value(), inside.scopes()))
                .flatMap(installed -> build(place, kind.value().equals(PretrainedKey.KIND) ? PretrainedKey.resolved(mapping) : mapping, installed, field));
    }

    private Optional<Node.Scalar> type(Place place, Node.Mapping mapping, Optional<Node> named, Kind kind) {
        if (named.isEmpty() && !kind.defaultType().isEmpty()) {
            return Optional.of(Node.Scalar.string(kind.defaultType(), mapping.origin()));
        }
        if (named.isEmpty()) {
            problems.add(mapping.origin(), place.at(TYPE).path(), "missing key: name " + a(kind.value()) + ". " + installed(kind.value()));
        } else if (!(named.get() instanceof Node.Scalar scalar) || scalar.type() != Node.ScalarType.STRING) {
            problems.add(named.get().origin(), place.at(TYPE).path(), "must be a text, not " + named.get().describe());
        } else {
            return Optional.of(scalar);
        }
        return Optional.empty();
    }

    private Optional<Components.Installed> find(Place place, Node.Scalar type, String kind, List<String> scopes) {
        Optional<Components.Installed> found = components.find(kind, type.text(), scopes);
        if (found.isEmpty()) {
            problems.add(type.origin(), place.path(), notFound(type.text(), kind));
        }
        return found;
    }

    private String notFound(String type, String kind) {
        List<Components.Id> alike = components.ids().stream().filter(id -> id.name().equals(type)).toList();
        List<String> scopes = alike.stream().filter(id -> id.kind().equals(kind)).map(id -> id.scope() + "." + type).toList();
        if (!scopes.isEmpty()) {
            return "several scopes have " + a(kind) + " '" + type + "': write " + String.join(" or ", scopes);
        }
        Optional<String> reason = components.explain(kind, type);
        if (reason.isPresent()) {
            return "no " + kind + " '" + type + "' is installed: " + reason.get();
        }
        String other = alike.isEmpty() ? "" : " ('" + type + "' is " + a(alike.get(0).kind()) + ")";
        String suggestion = Suggestion.of(type.substring(type.indexOf('.') + 1), names(kind));
        return "no " + kind + " '" + type + "' is installed" + other + (suggestion.isEmpty() ? "." : suggestion) + " " + installed(kind);
    }

    private String installed(String kind) {
        Set<String> names = names(kind);
        return names.isEmpty() ? "No " + kind + " is installed" : "Installed: " + String.join(", ", names);
    }

    private static String a(String kind) {
        return ("aeiou".indexOf(kind.charAt(0)) < 0 ? "a " : "an ") + kind;
    }

    /** Names of the installed types of a kind, with their scope where several have one. */
    private Set<String> names(String kind) {
        List<Components.Id> ids = components.ids().stream().filter(id -> id.kind().equals(kind)).toList();
        var scopes = ids.stream().collect(Collectors.groupingBy(Components.Id::name, Collectors.counting()));
        return ids.stream().map(id -> scopes.get(id.name()) > 1 ? id.scope() + "." + id.name() : id.name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Optional<Object> build(Place place, Node.Mapping mapping, Components.Installed installed, Class<?> field) {
        Class<?> type = configType(installed.factory());
        return records.bind(place, mapping, type, Set.of(TYPE), " of " + installed.id().name())
                .flatMap(record -> records.create(place, mapping, () -> field.cast(create(installed.factory(), record))));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object create(ComponentFactory<?, ?> factory, Object config) {
        return ((ComponentFactory) factory).create((Record) config);
    }

    /** The config record of a factory: the second type argument of the interface that its class names. */
    static Class<?> configType(ComponentFactory<?, ?> factory) {
        for (Type type : factory.getClass().getGenericInterfaces()) {
            if (type instanceof ParameterizedType generic && generic.getRawType() == ComponentFactory.class
                    && generic.getActualTypeArguments()[1] instanceof Class<?> config) {
                return config;
            }
        }
        throw new IllegalStateException(factory.getClass().getName() + " must implement ComponentFactory<Kind, Config> directly");
    }
}
