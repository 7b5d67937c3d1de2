package dev.selfsup.config;

import dev.selfsup.config.Node.ScalarType;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** What a plain YAML scalar means: YAML 1.2's core schema, in which {@code 1e-6} is a number and {@code on} a text. */
final class CoreSchema {
    static final Pattern NULL = Pattern.compile("~|null|Null|NULL|");
    static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
    static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    static final Pattern FLOAT = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private CoreSchema() {}

    static ScalarType typeOf(String text) {
        if (NULL.matcher(text).matches()) {
            return ScalarType.NULL;
        }
        if (BOOLEAN.matcher(text).matches()) {
            return ScalarType.BOOLEAN;
        }
        if (INTEGER.matcher(text).matches()) {
            return ScalarType.INTEGER;
        }
        return FLOAT.matcher(text).matches() ? ScalarType.FLOAT : ScalarType.STRING;
    }

    static BigInteger integer(String text) {
        if (text.startsWith("0x")) {
            return new BigInteger(text.substring(2), 16);
        }
        return text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
    }

    static double decimal(String text) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        if (lower.endsWith(".inf")) {
            return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return lower.equals(".nan") ? Double.NaN : Double.parseDouble(text);
    }
}
