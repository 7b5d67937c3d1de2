package dev.selfsup.runtime.plugins;

import java.util.List;
import java.util.Optional;

/**
 * A bundle as users see it.
 *
 * @param name the jar, {@code deploy/x.jar}, of one that was dropped; else the symbolic name
 * @param version its version; empty for a jar that is no bundle
 * @param origin where it came from
 * @param state what has become of it
 * @param offers types and commands that it adds, or would add, in order
 * @param problem why it is not usable, as the rest of a sentence that begins with its name; empty if it is
 */
public record Plugin(String name, String version, Origin origin, State state, List<Offer> offers, Optional<String> problem) {
    /** Where a bundle comes from. */
    public enum Origin {
        /** Dropped into the watched folder. */
        DEPLOYED,
        /** SelfSup's own. */
        DISTRIBUTION,
        /** What SelfSup is built upon. */
        LIBRARY
    }

    /** What has become of a bundle. */
    public enum State {
        /** Everybody can use what it offers. */
        IN_USE,
        /** It lacks something that another bundle may bring. */
        WAITING,
        /** Something is wrong with it. */
        NOT_USABLE,
        /** Its jar is gone or replaced; what began before that goes on with it. */
        LEAVING;

        /** In words. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }
}
