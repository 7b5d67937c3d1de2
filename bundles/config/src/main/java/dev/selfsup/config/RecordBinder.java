package dev.selfsup.config;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.DefaultType;
import dev.selfsup.api.component.Key;
import dev.selfsup.api.component.Kind;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeKey;
import dev.selfsup.api.run.UsageException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Binds mappings to records, key by component. */
final class RecordBinder {
    /** A key of the reference that means nothing here: files are read from disk. */
    static final String IGNORED = "file_client_args";
    private static final Map<Class<?>, Object> EMPTY = Map.of(Optional.class, Optional.empty(), OptionalInt.class, OptionalInt.empty(),
            OptionalLong.class, OptionalLong.empty(), OptionalDouble.class, OptionalDouble.empty());
    private final Binder binder;
    private final Problems problems;

    RecordBinder(Binder binder, Problems problems) {
        this.binder = binder;
        this.problems = problems;
    }

    /** Binds a record that stands for itself. */
    Optional<Object> bind(Place place, Node node, Class<?> type) {
        if (node instanceof Node.Mapping mapping) {
            return bind(place, mapping, type, Set.of(), "");
        }
        problems.add(node.origin(), place.path(), "must be a mapping, not " + node.describe());
        return Optional.empty();
    }

    /**
     * Binds a mapping.
     *
     * @param consumed keys already used
     * @param owner {@code  of ResNet} in messages where the mapping is a component, else empty
     */
    Optional<Object> bind(Place outer, Node.Mapping mapping, Class<?> type, Set<String> consumed, String owner) {
        Place place = outer.in(mapping);
        Map<String, RecordComponent> keys = new LinkedHashMap<>();
        Set<String> known = new TreeSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.put(key(component), component);
            known.add(key(component));
            Optional.ofNullable(component.getAnnotation(TypeKey.class)).ifPresent(typeKey -> known.add(typeKey.value()));
        }
        boolean clean = true;
        for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
            String key = entry.getKey();
            if (!known.contains(key) && !consumed.contains(key) && !key.equals(Place.SCOPE) && !key.equals(IGNORED)) {
                unknown(place.at(key), key, entry.getValue(), known, owner);
                clean = false;
            }
        }
        List<Object> arguments = new ArrayList<>();
        keys.forEach((key, component) -> component(place, mapping, component, key, owner).ifPresent(arguments::add));
        if (!clean || arguments.size() < keys.size()) {
            return Optional.empty();
        }
        return construct(place, mapping, type, arguments.toArray());
    }

    private void unknown(Place place, String key, Node.Entry entry, Set<String> known, String owner) {
        Optional<String> instead = Obsolete.instead(place.path());
        if (instead.isPresent()) {
            problems.add(entry.key(), place.path(), "obsolete key of MMSelfSup 0.x that 1.0 does not take either; write " + instead.get());
            return;
        }
        String suggestion = Suggestion.of(key, known);
        String keys = known.isEmpty() ? "; it has no keys" : "; its keys are " + String.join(", ", known);
        problems.add(entry.key(), place.path(), "unknown key" + owner + (suggestion.isEmpty() ? keys : suggestion));
    }

    private Optional<Object> component(Place place, Node.Mapping mapping, RecordComponent component, String key, String owner) {
        Optional<Node> node = mapping.get(key);
        TypeKey typeKey = component.getAnnotation(TypeKey.class);
        if (typeKey != null) {
            Node settings = node.filter(given -> !Binder.isNull(given)).orElse(Node.Mapping.empty(mapping.origin()));
            return binder.kinds().bind(place.at(key), settings, component.getType(), mapping.get(typeKey.value()));
        }
        if (node.isPresent()) {
            return binder.bind(place.at(key), expand(node.get(), component), component.getGenericType());
        }
        Default preset = component.getAnnotation(Default.class);
        if (preset != null) {
            return preset(preset, component, Origin.of(mapping.origin() + " (default)"), problems)
                    .flatMap(value -> binder.bind(place.at(key), expand(value, component), component.getGenericType()));
        }
        Optional<Object> empty = Optional.ofNullable(EMPTY.get(component.getType()));
        if (empty.isEmpty()) {
            problems.add(mapping.origin(), place.at(key).path(), "missing key" + owner);
        }
        return empty;
    }

    /** The value of a key that is not given. */
    static Optional<Node> preset(Default preset, RecordComponent component, Origin origin, Problems problems) {
        String yaml = preset.value().isEmpty() && component.getType() == String.class ? "''" : preset.value();
        return YamlReader.readValue(origin.source(), yaml, problems);
    }

    /** Whether a key without default may be left out. */
    static boolean isOptional(RecordComponent component) {
        return EMPTY.containsKey(component.getType());
    }

    /** What a single value stands for where {@link Shorthand} allows it, and null where there may be components: none. */
    static Node expand(Node given, RecordComponent component) {
        if (Binder.isNull(given) && isListOfComponents(component)) {
            return new Node.Sequence(List.of(), given.origin(), Optional.empty());
        }
        Node node = typed(given, component);
        if (!component.isAnnotationPresent(Shorthand.class) || Binder.isNull(node)) {
            return node;
        }
        Type type = component.getGenericType();
        if (type instanceof ParameterizedType optional && optional.getRawType() == Optional.class) {
            type = optional.getActualTypeArguments()[0];
        }
        if (type instanceof Class<?> record && record.isRecord() && !(node instanceof Node.Mapping)) {
            String first = key(record.getRecordComponents()[0]);
            return Node.Mapping.empty(node.origin()).with(Map.of(first, new Node.Entry(node.origin(), node)));
        }
        boolean flat = node instanceof Node.Sequence list && !list.elements().isEmpty()
                && list.elements().stream().noneMatch(Node.Sequence.class::isInstance);
        return flat && Binder.isListOfLists(type) ? new Node.Sequence(List.of(node), node.origin(), Optional.empty()) : node;
    }

    private static boolean isListOfComponents(RecordComponent component) {
        return component.isAnnotationPresent(Default.class) && component.getGenericType() instanceof ParameterizedType list && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] instanceof Class<?> element && element.isAnnotationPresent(Kind.class);
    }

    /** A mapping with the type that {@link DefaultType} gives it where it has none. */
    private static Node typed(Node node, RecordComponent component) {
        DefaultType type = component.getAnnotation(DefaultType.class);
        if (type == null || Binder.isNull(node) || node instanceof Node.Sequence) {
            return node;
        }
        Node.Entry named = new Node.Entry(node.origin(), Node.Scalar.string(type.value(), node.origin()));
        if (node instanceof Node.Mapping mapping) {
            Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
            entries.putIfAbsent(KindBinder.TYPE, named);
            return mapping.with(entries);
        }
        return type.key().isEmpty() ? node
                : Node.Mapping.empty(node.origin()).with(Map.of(KindBinder.TYPE, named, type.key(), new Node.Entry(node.origin(), node)));
    }

    private Optional<Object> construct(Place place, Node.Mapping mapping, Class<?> type, Object[] arguments) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return create(place, mapping, () -> {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        });
    }

    /** Runs what makes a record or component, and reports its refusal at the key that its message starts with. */
    Optional<Object> create(Place place, Node node, Creation creation) {
        try {
            return Optional.of(creation.run());
        } catch (InvocationTargetException e) {
            return refuse(place, node, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        } catch (IllegalArgumentException | UsageException e) {
            return refuse(place, node, e);
        }
    }

    private Optional<Object> refuse(Place place, Node node, Throwable reason) {
        if (!(reason instanceof IllegalArgumentException) && !(reason instanceof UsageException)) {
            throw new IllegalStateException(place.path() + ": " + reason, reason);
        }
        String message = String.valueOf(reason.getMessage());
        String first = message.split("[^\\w]", 2)[0];
        Optional<Node> culprit = node instanceof Node.Mapping mapping ? mapping.get(first) : Optional.empty();
        problems.add(culprit.orElse(node).origin(), (culprit.isPresent() ? place.at(first) : place).path(), message);
        return Optional.empty();
    }

    /** The key of a component: its name in snake case, or what {@link Key} says. */
    static String key(RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        return key != null ? key.value() : component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** What makes an object and may refuse its arguments. */
    interface Creation {
        Object run() throws ReflectiveOperationException;
    }
}
