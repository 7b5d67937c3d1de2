package dev.selfsup.config;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Kind;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Binds nodes to Java types: scalars, enums, {@code Optional}, {@code List}, arrays, {@code Map<String, T>}, records, kinds,
 * {@code Object} for any plain value, and {@link Node} for a value taken as it is. Every method gives the value, or empty after
 * it reported why there is none.
 */
final class Binder {
    private final Problems problems;
    private final ScalarBinder scalars;
    private final RecordBinder records;
    private final KindBinder kinds;

    Binder(Components components, Problems problems) {
        this.problems = problems;
        this.scalars = new ScalarBinder(problems);
        this.records = new RecordBinder(this, problems);
        this.kinds = new KindBinder(components, records, problems);
    }

    KindBinder kinds() {
        return kinds;
    }

    Optional<Object> bind(Place place, Node node, Type type) {
        if (type instanceof ParameterizedType generic) {
            return bindGeneric(place, node, generic);
        }
        if (type instanceof WildcardType wildcard) {
            return bind(place, node, wildcard.getUpperBounds()[0]);
        }
        if (type instanceof GenericArrayType array) {
            return bindArray(place, node, array.getGenericComponentType());
        }
        return bindClass(place, node, (Class<?>) type);
    }

    private Optional<Object> bindGeneric(Place place, Node node, ParameterizedType type) {
        Type argument = type.getActualTypeArguments()[0];
        if (type.getRawType() == Optional.class) {
            return isNull(node) ? Optional.of(Optional.empty()) : bind(place, node, argument).map(Optional::of);
        }
        if (type.getRawType() == List.class) {
            return bindList(place, node, argument).map(list -> list);
        }
        if (type.getRawType() == Map.class) {
            return bindMap(place, node, type.getActualTypeArguments()[1]);
        }
        return bindClass(place, node, (Class<?>) type.getRawType());
    }

    private Optional<Object> bindClass(Place place, Node node, Class<?> type) {
        if (ScalarBinder.isScalar(type)) {
            return scalars.bind(place, node, type);
        }
        if (Node.class.isAssignableFrom(type)) {
            String expected = type == Node.Mapping.class ? "a mapping" : type == Node.Sequence.class ? "a list" : "a single value";
            return type.isInstance(node) ? Optional.of(node) : wrong(place, node, expected);
        }
        if (type == Object.class) {
            return bindAny(place, node);
        }
        if (type == OptionalInt.class) {
            return isNull(node) ? Optional.of(OptionalInt.empty()) : scalars.bind(place, node, int.class).map(v -> OptionalInt.of((int) v));
        }
        if (type == OptionalLong.class) {
            return isNull(node) ? Optional.of(OptionalLong.empty())
                    : scalars.bind(place, node, long.class).map(v -> OptionalLong.of((long) v));
        }
        if (type == OptionalDouble.class) {
            return isNull(node) ? Optional.of(OptionalDouble.empty())
                    : scalars.bind(place, node, double.class).map(v -> OptionalDouble.of((double) v));
        }
        if (type == Path.class) {
            return scalars.bind(place, node, String.class).flatMap(text -> records.create(place, node, () -> Path.of((String) text)));
        }
        if (type.isArray()) {
            return bindArray(place, node, type.getComponentType());
        }
        if (type.isAnnotationPresent(Kind.class)) {
            return kinds.bind(place, node, type, Optional.empty());
        }
        if (type.isRecord()) {
            return records.bind(place, node, type);
        }
        throw new IllegalStateException("a config record cannot have a component of type " + type.getName() + " (" + place.path() + ")");
    }

    private Optional<List<Object>> bindList(Place place, Node node, Type element) {
        if (node instanceof Node.Sequence list) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < list.elements().size(); i++) {
                bind(place.at(i), list.elements().get(i), element).ifPresent(values::add);
            }
            return values.size() == list.elements().size() ? Optional.of(List.copyOf(values)) : Optional.empty();
        }
        if (isList(element) || isNull(node) || node instanceof Node.Mapping && isScalar(element)) {
            problems.add(node.origin(), place.path(), "must be a list, not " + node.describe());
            return Optional.empty();
        }
        return bind(place, node, element).map(List::of);
    }

    static boolean isListOfLists(Type type) {
        return type instanceof ParameterizedType list && list.getRawType() == List.class && isList(list.getActualTypeArguments()[0]);
    }

    private static boolean isList(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == List.class || type instanceof Class<?> c && c.isArray();
    }

    private static boolean isScalar(Type type) {
        return type instanceof Class<?> c && ScalarBinder.isScalar(c);
    }

    private Optional<Object> bindArray(Place place, Node node, Type element) {
        return bindList(place, node, element).map(values -> {
            Class<?> raw = element instanceof Class<?> c ? c : (Class<?>) ((ParameterizedType) element).getRawType();
            Object array = Array.newInstance(raw, values.size());
            for (int i = 0; i < values.size(); i++) {
                Array.set(array, i, values.get(i));
            }
            return array;
        });
    }

    private Optional<Object> bindMap(Place place, Node node, Type value) {
        if (!(node instanceof Node.Mapping mapping)) {
            return wrong(place, node, "a mapping");
        }
        Place inside = place.in(mapping);
        Map<String, Object> values = new LinkedHashMap<>();
        boolean[] failed = new boolean[1];
        mapping.entries().forEach((key, entry) -> {
            if (!key.equals(Place.SCOPE)) {
                bind(inside.at(key), entry.value(), value).ifPresentOrElse(v -> values.put(key, v), () -> failed[0] = true);
            }
        });
        return failed[0] ? Optional.empty() : Optional.of(java.util.Collections.unmodifiableMap(values));
    }

    /** A text, number, truth value, or a list or mapping of such. */
    private Optional<Object> bindAny(Place place, Node node) {
        if (node instanceof Node.Sequence) {
            return bindList(place, node, Object.class).map(list -> list);
        }
        if (node instanceof Node.Mapping) {
            return bindMap(place, node, Object.class);
        }
        return switch (((Node.Scalar) node).type()) {
            case NULL -> wrong(place, node, "a value");
            case BOOLEAN -> scalars.bind(place, node, boolean.class);
            case INTEGER -> scalars.bind(place, node, long.class);
            case FLOAT -> scalars.bind(place, node, double.class);
            case STRING -> scalars.bind(place, node, String.class);
        };
    }

    private Optional<Object> wrong(Place place, Node node, String expected) {
        problems.add(node.origin(), place.path(), "must be " + expected + ", not " + node.describe());
        return Optional.empty();
    }

    static boolean isNull(Node node) {
        return node instanceof Node.Scalar scalar && scalar.type() == Node.ScalarType.NULL;
    }
}
