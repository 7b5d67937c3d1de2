package dev.selfsup.config;

import dev.selfsup.api.component.Components;
import java.util.List;
import java.util.Optional;

/**
 * What the config records say of a path.
 *
 * @param status whether there is such a key
 * @param owner component of whose config the key, or the last one that is known, is a part; empty where it is one of the run itself
 * @param key the key within its owner: keys and list positions joined by dots
 * @param value the value that counts: as written, or by default
 * @param near where there is no such key: those that were probably meant, else all that are there
 * @param guess whether {@code near} were probably meant
 */
public record Declaration(Status status, Optional<Components.Id> owner, String key, Optional<Node> value, List<String> near, boolean guess) {
    /** Whether a path names a key. */
    public enum Status {
        /** A key that may be left out, also one with a default. */
        OPTIONAL,
        /** A key that must be given. */
        REQUIRED,
        /** A key that means nothing here. */
        IGNORED,
        /** No key. */
        UNKNOWN,
        /** A part of a value of which no record says anything. */
        FREE
    }
}
