package dev.selfsup.processor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;

/** The keys of a config record as a reader of YAML knows them: name, type, default, meaning. */
final class ConfigKeys {
    private static final Map<String, String> NAMES = Map.of(
            "java.lang.String", "string", "java.nio.file.Path", "path", "java.lang.Object", "anything",
            "java.lang.Integer", "integer", "java.lang.Long", "integer", "java.lang.Boolean", "boolean",
            "java.lang.Float", "number", "java.lang.Double", "number", "java.lang.Number", "number");
    private static final Map<String, String> OPTIONAL_NUMBERS = Map.of(
            "java.util.OptionalInt", "integer", "java.util.OptionalLong", "integer", "java.util.OptionalDouble", "number");

    private final Elements elements;

    ConfigKeys(Elements elements) {
        this.elements = elements;
    }

    /**
     * Describes a record.
     *
     * @param record the record
     * @param outer records around it, which are not described again
     * @return one object a key
     */
    List<Object> of(TypeElement record, List<TypeElement> outer) {
        List<TypeElement> around = new ArrayList<>(outer);
        around.add(record);
        Javadoc doc = Javadoc.of(elements.getDocComment(record));
        List<Object> keys = new ArrayList<>();
        for (RecordComponentElement component : record.getRecordComponents()) {
            String name = component.getSimpleName().toString();
            Map<String, Object> key = new LinkedHashMap<>();
            key.put("key", Annotations.value(component, Annotations.KEY, "value").orElseGet(() -> snakeCase(name)));
            key.put("type", type(component.asType()));
            Optional<String> byDefault = Annotations.value(component, Annotations.DEFAULT, "value");
            byDefault.ifPresent(value -> key.put("default", value));
            boolean optional = isOptional(component.asType()) || Annotations.has(component, Annotations.TYPE_KEY);
            key.put("required", byDefault.isEmpty() && !optional);
            key.put("doc", doc.param(name));
            TypeElement nested = nestedRecord(component.asType());
            if (nested != null && !around.contains(nested)) {
                key.put("keys", of(nested, around));
            }
            keys.add(key);
        }
        return keys;
    }

    /** {@code outIndices} to {@code out_indices}. */
    static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private String type(TypeMirror type) {
        return switch (type.getKind()) {
            case BOOLEAN -> "boolean";
            case BYTE, SHORT, INT, LONG -> "integer";
            case FLOAT, DOUBLE -> "number";
            case ARRAY -> "list of " + type(((ArrayType) type).getComponentType());
            case DECLARED -> declared((DeclaredType) type);
            default -> "anything";
        };
    }

    private String declared(DeclaredType type) {
        TypeElement element = (TypeElement) type.asElement();
        String name = element.getQualifiedName().toString();
        List<? extends TypeMirror> arguments = type.getTypeArguments();
        if (name.equals("java.util.Optional")) {
            return type(arguments.get(0));
        }
        if (OPTIONAL_NUMBERS.containsKey(name)) {
            return OPTIONAL_NUMBERS.get(name);
        }
        if (name.equals("java.util.List") || name.equals("java.util.Set")) {
            return "list of " + type(arguments.get(0));
        }
        if (name.equals("java.util.Map")) {
            return "map of " + type(arguments.get(1));
        }
        if (element.getKind() == ElementKind.ENUM) {
            return constants(element);
        }
        return Annotations.value(element, Annotations.KIND, "value")
                .orElseGet(() -> NAMES.getOrDefault(name, element.getKind() == ElementKind.RECORD ? "mapping" : element.getSimpleName().toString()));
    }

    private static String constants(TypeElement type) {
        return type.getEnclosedElements().stream()
                .filter(e -> e.getKind() == ElementKind.ENUM_CONSTANT)
                .map(e -> e.getSimpleName().toString().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("|"));
    }

    /** The plain record that a value, or an element of it, is bound to; null where it is none. */
    private static TypeElement nestedRecord(TypeMirror type) {
        if (type.getKind() == TypeKind.ARRAY) {
            return nestedRecord(((ArrayType) type).getComponentType());
        }
        if (type.getKind() != TypeKind.DECLARED) {
            return null;
        }
        Element element = ((DeclaredType) type).asElement();
        if (element.getKind() == ElementKind.RECORD) {
            return Annotations.value(element, Annotations.KIND, "value").isPresent() ? null : (TypeElement) element;
        }
        List<? extends TypeMirror> arguments = ((DeclaredType) type).getTypeArguments();
        return arguments.isEmpty() ? null : nestedRecord(arguments.get(arguments.size() - 1));
    }

    private static boolean isOptional(TypeMirror type) {
        return type.getKind() == TypeKind.DECLARED
                && ((TypeElement) ((DeclaredType) type).asElement()).getQualifiedName().toString().startsWith("java.util.Optional");
    }
}
