package dev.selfsup.config;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Kind;
import dev.selfsup.api.component.TypeKey;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether configs can be bound by a factory: it says its kind and config record, and the record's defaults are right. Nothing is made of them but the
 * components that the defaults name.
 */
public final class FactoryCheck {
    private FactoryCheck() {}

    /**
     * Checks a factory.
     *
     * @param installed the factory and the identity under which it is found
     * @param components what types its defaults can name
     * @return what is wrong, in one line; empty if nothing is
     * @throws LinkageError if a class is missing that the record needs
     */
    public static Optional<String> mistake(Components.Installed installed, Components components) {
        return wrongInterface(installed).or(() -> wrongDefault(installed, components));
    }

    private static Optional<String> wrongInterface(Components.Installed installed) {
        Class<?> type = installed.factory().getClass();
        Optional<ParameterizedType> direct = Arrays.stream(type.getGenericInterfaces())
                .filter(implemented -> implemented instanceof ParameterizedType generic && generic.getRawType() == ComponentFactory.class)
                .map(ParameterizedType.class::cast)
                .findFirst();
        if (direct.isEmpty() || !(direct.get().getActualTypeArguments()[1] instanceof Class<?> record) || !record.isRecord()) {
            return Optional.of(type.getName() + " must implement ComponentFactory<Kind, Config> directly, with a record as Config");
        }
        Type made = direct.get().getActualTypeArguments()[0];
        Kind kind = made instanceof Class<?> kindInterface ? kindInterface.getAnnotation(Kind.class) : null;
        if (kind == null || !kind.value().equals(installed.id().kind())) {
            return Optional.of(type.getName() + " makes " + made.getTypeName() + ", which is " + (kind == null ? "no kind" : "a " + kind.value())
                    + ", but is published as a " + installed.id().kind());
        }
        return Optional.empty();
    }

    private static Optional<String> wrongDefault(Components.Installed installed, Components components) {
        Class<?> type = KindBinder.configType(installed.factory());
        Origin origin = Origin.of(installed.id().toString());
        Node.Mapping nothing = new Node.Mapping(Map.of(), origin, Optional.empty());
        Problems problems = new Problems();
        Set<String> missing = required(type).stream().map(key -> origin + ": " + key + ": missing key").collect(Collectors.toSet());
        new Binder(components, problems).bind(new Place("", List.of(installed.id().scope())), nothing, type);
        return problems.lines().stream().filter(line -> !missing.contains(line)).findFirst();
    }

    /** Keys that every config must give. */
    private static List<String> required(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> !component.isAnnotationPresent(Default.class) && !component.isAnnotationPresent(TypeKey.class))
                .map(RecordBinder::key)
                .toList();
    }
}
