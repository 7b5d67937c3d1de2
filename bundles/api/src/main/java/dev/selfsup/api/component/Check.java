package dev.selfsup.api.component;

/** The check of a config record: what a compact constructor calls. */
public final class Check {
    private Check() {}

    /**
     * Refuses a config value.
     *
     * @param rule whether the value is allowed
     * @param message the rule and the value, for {@link String#format}; names keys as the YAML has them
     * @param args arguments of the message
     * @throws IllegalArgumentException if the rule does not hold; binding adds file, line and key
     */
    public static void check(boolean rule, String message, Object... args) {
        if (!rule) {
            throw new IllegalArgumentException(String.format(java.util.Locale.ROOT, message, args));
        }
    }
}
