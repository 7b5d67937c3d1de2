package dev.selfsup.hook.checkpointhook;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What makes a figure better. */
public enum Rule {
    GREATER,
    LESS;

    /** Whether a figure is better than another. */
    boolean better(double value, double than) {
        return this == GREATER ? value > than : value < than;
    }

    /**
     * The rule of a figure by its name, without regard to case: a list that has the whole name comes first, then one that has a part of it.
     *
     * @param greater names or parts of names
     * @param less names or parts of names
     * @return empty where its name does not tell
     */
    static Optional<Rule> of(String figure, List<String> greater, List<String> less) {
        String name = figure.toLowerCase(Locale.ROOT);
        if (greater.stream().anyMatch(name::equalsIgnoreCase)) {
            return Optional.of(GREATER);
        }
        if (less.stream().anyMatch(name::equalsIgnoreCase)) {
            return Optional.of(LESS);
        }
        if (greater.stream().anyMatch(part -> name.contains(part.toLowerCase(Locale.ROOT)))) {
            return Optional.of(GREATER);
        }
        return less.stream().anyMatch(part -> name.contains(part.toLowerCase(Locale.ROOT))) ? Optional.of(LESS) : Optional.empty();
    }
}
