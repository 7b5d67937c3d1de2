package dev.selfsup.config;

import dev.selfsup.api.run.UsageException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The mistakes found in a configuration so far, thrown together: one a line, {@code file:line:column: path: message}. */
final class Problems {
    private final Set<String> lines = new LinkedHashSet<>();

    /** A mistake without a place. */
    void add(String message) {
        lines.add(message);
    }

    /** A mistake in a file as a whole or in an option. */
    void add(Origin origin, String message) {
        lines.add(origin + ": " + message);
    }

    /** A mistake in the value at a path, {@code model.backbone.depth}. */
    void add(Origin origin, String path, String message) {
        lines.add(origin + ": " + (path.isEmpty() ? "" : path + ": ") + message);
    }

    /** What was found, in order. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Throws what was found, if anything was. */
    void throwIfAny() {
        if (!lines.isEmpty()) {
            throw new UsageException(String.join("\n", lines));
        }
    }
}
