package dev.selfsup.config;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.DefaultType;
import dev.selfsup.api.component.Kind;
import dev.selfsup.api.component.TypeKey;
import dev.selfsup.config.Declaration.Status;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows a path through the types to which a configuration is bound: records by their components, kinds by the config record of the type that the
 * configuration, or a default in it, names.
 */
final class Declarations {
    private static final String TYPE = "type";
    private static final Origin DEFAULT = Origin.of("(default)");
    private final Components components;

    Declarations(Components components) {
        this.components = components;
    }

    /**
     * A point of the way.
     *
     * @param type what a value here is bound to
     * @param value what is written here, or there by default
     * @param required whether a value must be given here
     * @param owner the component around this
     * @param scopes scopes in which types are looked up
     * @param key the way from the owner
     */
    private record At(Type type, Optional<Node> value, boolean required, Optional<Components.Id> owner, List<String> scopes, String key) {
        At in(Type inside) {
            return new At(inside, value, required, owner, scopes, key);
        }

        At below(String head, Type inside, Optional<Node> child) {
            return new At(inside, child, false, owner, scopes, join(key, head));
        }

        Declaration end(Status status, List<String> near, boolean guess) {
            return new Declaration(status, owner, key, value, near, guess);
        }
    }

    Declaration of(Node.Mapping root, Class<?> type, List<String> scopes, KeyPath path) {
        if (RunKeys.IGNORED.contains(path.first())) {
            return new Declaration(Status.IGNORED, Optional.empty(), path.toString(), Optional.empty(), List.of(), false);
        }
        return follow(new At(type, Optional.of(root), false, Optional.empty(), scopes, ""), path);
    }

    private Declaration follow(At at, KeyPath rest) {
        if (rest.isEmpty()) {
            return at.end(at.required() ? Status.REQUIRED : Status.OPTIONAL, List.of(), false);
        }
        if (at.type() instanceof ParameterizedType generic) {
            return generic(at, generic, rest);
        }
        if (at.type() instanceof WildcardType wildcard) {
            return follow(at.in(wildcard.getUpperBounds()[0]), rest);
        }
        Class<?> type = (Class<?>) at.type();
        if (type.isArray()) {
            return element(at, type.getComponentType(), rest);
        }
        if (type.isAnnotationPresent(Kind.class)) {
            return component(at, type.getAnnotation(Kind.class), Optional.empty(), rest);
        }
        return type.isRecord() && !Node.class.isAssignableFrom(type) ? record(scoped(at), type, Set.of(), rest) : at.end(Status.FREE, List.of(), false);
    }

    private Declaration generic(At at, ParameterizedType type, KeyPath rest) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return follow(at.in(arguments[0]), rest);
        }
        if (type.getRawType() == List.class) {
            return element(at, arguments[0], rest);
        }
        if (type.getRawType() == Map.class) {
            String head = at.value().orElse(null) instanceof Node.Mapping mapping ? rest.head(mapping) : rest.first();
            return follow(at.below(head, arguments[1], child(at, head)), rest.after(head));
        }
        return follow(at.in(type.getRawType()), rest);
    }

    /** A list; a single value stands for a list of one. */
    private Declaration element(At at, Type element, KeyPath rest) {
        if (at.value().orElse(null) instanceof Node.Sequence list) {
            if (rest.position(list).isEmpty()) {
                return at.end(Status.UNKNOWN, list.elements().isEmpty() ? List.of() : List.of("0", Integer.toString(list.elements().size() - 1)), false);
            }
            String head = rest.first();
            return follow(at.below(head, element, KeyPath.parse(head).orElseThrow().find(list)), rest.after(head));
        }
        return rest.first().matches("[0-9]+") ? follow(at.below(rest.first(), element, Optional.empty()), rest.after(rest.first())) : follow(at.in(element), rest);
    }

    private Declaration component(At at, Kind kind, Optional<Node> besideKey, KeyPath rest) {
        At inside = scoped(at);
        Optional<Node> named = besideKey.or(() -> at.value().filter(Node.Scalar.class::isInstance)).or(() -> child(at, TYPE));
        Optional<String> type = named.filter(Node.Scalar.class::isInstance).map(node -> ((Node.Scalar) node).text())
                .or(() -> Optional.of(kind.defaultType()).filter(name -> !name.isEmpty()));
        if (rest.first().equals(TYPE)) {
            Optional<Node> value = named.or(() -> type.map(name -> Node.Scalar.string(name, DEFAULT)));
            return follow(new At(String.class, value, type.isEmpty(), at.owner(), at.scopes(), join(at.key(), TYPE)), rest.after(TYPE));
        }
        return type.flatMap(name -> components.find(kind.value(), name, inside.scopes()))
                .map(found -> record(new At(at.type(), at.value(), at.required(), Optional.of(found.id()), inside.scopes(), ""),
                        KindBinder.configType(found.factory()), Set.of(TYPE), rest))
                .orElseGet(() -> at.end(Status.FREE, List.of(), false));
    }

    private Declaration record(At at, Class<?> type, Set<String> consumed, KeyPath rest) {
        Set<String> known = new TreeSet<>(consumed);
        for (RecordComponent component : type.getRecordComponents()) {
            String key = RecordBinder.key(component);
            known.add(key);
            TypeKey typeKey = component.getAnnotation(TypeKey.class);
            if (typeKey != null && rest.first().equals(typeKey.value())) {
                return component(at.below(key, component.getType(), Optional.empty()), component.getType().getAnnotation(Kind.class),
                        child(at, typeKey.value()), KeyPath.parse(TYPE).orElseThrow());
            }
            if (rest.first().equals(key)) {
                At below = declared(at, component, key);
                return typeKey == null || rest.after(key).isEmpty() ? follow(below, rest.after(key))
                        : component(below, component.getType().getAnnotation(Kind.class), child(at, typeKey.value()), rest.after(key));
            }
        }
        List<String> near = Suggestion.near(rest.first(), known);
        boolean ignored = rest.first().equals(RecordBinder.IGNORED);
        return at.end(ignored ? Status.IGNORED : Status.UNKNOWN, near.isEmpty() ? List.copyOf(known) : near, !near.isEmpty());
    }

    private static At declared(At at, RecordComponent component, String key) {
        Optional<Node> given = child(at, key);
        Default preset = component.getAnnotation(Default.class);
        boolean required = preset == null && !RecordBinder.isOptional(component) && !component.isAnnotationPresent(TypeKey.class);
        Optional<Node> value = given.or(() -> Optional.ofNullable(preset).flatMap(text -> RecordBinder.preset(text, component, DEFAULT, new Problems())));
        Optional<Node> typed = component.isAnnotationPresent(DefaultType.class) ? value.map(node -> RecordBinder.expand(node, component)) : value;
        return new At(component.getGenericType(), typed, required, at.owner(), at.scopes(), join(at.key(), key));
    }

    private static At scoped(At at) {
        List<String> scopes = at.value().orElse(null) instanceof Node.Mapping mapping ? new Place("", at.scopes()).in(mapping).scopes() : at.scopes();
        return new At(at.type(), at.value(), at.required(), at.owner(), scopes, at.key());
    }

    private static Optional<Node> child(At at, String key) {
        return at.value().filter(Node.Mapping.class::isInstance).flatMap(mapping -> ((Node.Mapping) mapping).get(key));
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
