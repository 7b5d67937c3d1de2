package dev.selfsup.api.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Random choices of a transform that were recorded, by name: what {@link Replayable#replay} takes instead of a
 * generator. Values are those of a parsed JSON or YAML file: numbers, texts, booleans, lists. A name that is absent
 * or null is a choice that was not made.
 */
public final class Choices {
    private final Map<String, ?> values;

    private Choices(Map<String, ?> values) {
        this.values = values;
    }

    /**
     * Choices from parsed values.
     *
     * @param values by name; read, never changed
     */
    public static Choices of(Map<String, ?> values) {
        return new Choices(values);
    }

    /** Whether the choice was made. */
    public boolean has(String name) {
        return values.get(name) != null;
    }

    /** A number. Throws {@link IllegalArgumentException} if it is missing or something else. */
    public double number(String name) {
        return value(name, Number.class, "a number").doubleValue();
    }

    /** A text. Throws {@link IllegalArgumentException} if it is missing or something else. */
    public String text(String name) {
        return value(name, String.class, "a text");
    }

    /** Whole numbers; a single number is a list of one. Throws {@link IllegalArgumentException} if missing or something else. */
    public int[] integers(String name) {
        Object value = values.get(name);
        return value instanceof Number number ? new int[] {number.intValue()} : integers(value(name, List.class, "a list of numbers"));
    }

    /** So many whole numbers. Throws {@link IllegalArgumentException} if missing, something else or not as many. */
    public int[] integers(String name, int count) {
        int[] integers = integers(name);
        if (integers.length != count) {
            throw new IllegalArgumentException("the recorded choice " + name + " must be " + count + " numbers, not " + Arrays.toString(integers));
        }
        return integers;
    }

    /** Rows of whole numbers. Throws {@link IllegalArgumentException} if they are missing or something else. */
    public int[][] rows(String name) {
        List<?> rows = value(name, List.class, "a list of lists of numbers");
        return rows.stream().map(row -> integers((List<?>) row)).toArray(int[][]::new);
    }

    /** The parsed value of a name. Throws {@link IllegalArgumentException} if it is missing. */
    public Object value(String name) {
        return value(name, Object.class, "a value");
    }

    private static int[] integers(List<?> list) {
        return list.stream().mapToInt(number -> {
            if (!(number instanceof Number whole)) {
                throw new IllegalArgumentException("a recorded choice must be a list of numbers, not " + list);
            }
            return whole.intValue();
        }).toArray();
    }

    private <T> T value(String name, Class<T> type, String rule) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("the recorded choice " + name + " must be " + rule + ", not " + value);
        }
        return type.cast(value);
    }
}
