package dev.selfsup.runtime.plugins;

import dev.selfsup.api.component.Components;
import java.util.Comparator;

/**
 * Something that a bundle adds and that only one bundle at a time can have: a type that configs name, or a command.
 *
 * @param kind kind of the component, or {@value #COMMAND}
 * @param scope scope of the type; empty for a command
 * @param name name of the type or command
 */
public record Offer(String kind, String scope, String name) implements Comparable<Offer> {
    private static final String COMMAND = "command";

    /** A command. */
    public static Offer command(String name) {
        return new Offer(COMMAND, "", name);
    }

    /** A type. */
    public static Offer type(Components.Id id) {
        return new Offer(id.kind(), id.scope(), id.name());
    }

    /**
     * Whether a config means this.
     *
     * @param wanted kind of the field
     * @param type value of {@code type:}
     */
    public boolean isMeant(String wanted, String type) {
        return kind.equals(wanted) && (type.equals(name) || type.equals(scope + "." + name) || type.equals(scope + "/" + name));
    }

    @Override
    public int compareTo(Offer other) {
        return Comparator.comparing(Offer::kind).thenComparing(Offer::scope).thenComparing(Offer::name).compare(this, other);
    }

    /** In words: {@code algorithm sample.SampleMatch}, {@code command train}. */
    @Override
    public String toString() {
        return kind + " " + (scope.isEmpty() ? "" : scope + ".") + name;
    }
}
