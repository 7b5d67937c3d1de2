package dev.selfsup.config;

import dev.selfsup.config.Node.ScalarType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Binds scalars to numbers, truth values, texts and enums. */
final class ScalarBinder {
    private final Problems problems;

    ScalarBinder(Problems problems) {
        this.problems = problems;
    }

    static boolean isScalar(Class<?> type) {
        return type.isPrimitive() || type == String.class || type == Boolean.class || Number.class.isAssignableFrom(type)
                || type.isEnum();
    }

    /** The value; empty if a problem was reported. */
    Optional<Object> bind(Place place, Node node, Class<?> type) {
        Optional<Object> value = node instanceof Node.Scalar scalar ? convert(scalar, type) : Optional.empty();
        if (value.isEmpty()) {
            problems.add(node.origin(), place.path(), "must be " + expected(type) + ", not " + node.describe() + hint(node, type));
        }
        return value;
    }

    private static Optional<Object> convert(Node.Scalar scalar, Class<?> type) {
        if (type.isEnum()) {
            return constant(scalar, type);
        }
        if (type == String.class) {
            return scalar.type() == ScalarType.STRING ? Optional.of(scalar.text()) : Optional.empty();
        }
        if (type == boolean.class || type == Boolean.class) {
            return scalar.type() == ScalarType.BOOLEAN ? Optional.of(Boolean.valueOf(scalar.text())) : Optional.empty();
        }
        if (!scalar.isNumber()) {
            return Optional.empty();
        }
        if (type == double.class || type == Double.class || type == Number.class) {
            return Optional.of(scalar.number());
        }
        if (type == float.class || type == Float.class) {
            return Optional.of((float) scalar.number());
        }
        return whole(scalar).flatMap(value -> whole(value, type));
    }

    private static Optional<BigInteger> whole(Node.Scalar scalar) {
        if (scalar.type() == ScalarType.INTEGER) {
            return Optional.of(scalar.integer());
        }
        double value = scalar.number();
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Optional.of(new BigDecimal(value).toBigInteger()) : Optional.empty();
    }

    private static Optional<Object> whole(BigInteger value, Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return value.bitLength() < 32 ? Optional.of(value.intValue()) : Optional.empty();
        }
        return (type == long.class || type == Long.class) && value.bitLength() < 64 ? Optional.of(value.longValue()) : Optional.empty();
    }

    private static Optional<Object> constant(Node.Scalar scalar, Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> scalar.type() == ScalarType.STRING)
                .filter(constant -> ((Enum<?>) constant).name().equalsIgnoreCase(scalar.text()))
                .findFirst()
                .map(Object.class::cast);
    }

    private static List<String> names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT)).toList();
    }

    static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + String.join(", ", names(type));
        }
        if (type == String.class) {
            return "a text";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number from -2147483648 to 2147483647";
        }
        return type == long.class || type == Long.class ? "a whole number" : "a number";
    }

    private static String hint(Node node, Class<?> type) {
        if (type.isEnum() && node instanceof Node.Scalar scalar) {
            return Suggestion.of(scalar.text(), names(type));
        }
        return type == String.class && node instanceof Node.Scalar scalar && scalar.type() != ScalarType.NULL
                ? "; put it in quotes if a text is meant" : "";
    }
}
