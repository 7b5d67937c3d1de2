package dev.selfsup.runtime.deploy;

import dev.selfsup.runtime.plugins.Plugin;

/**
 * Why a jar is not usable.
 *
 * @param state {@link Plugin.State#WAITING} or {@link Plugin.State#NOT_USABLE}
 * @param text the reason, down to the leaf, as the rest of a sentence that begins with the jar's name
 */
record Problem(Plugin.State state, String text) {
    static Problem waits(String text) {
        return new Problem(Plugin.State.WAITING, text);
    }

    static Problem broken(String text) {
        return new Problem(Plugin.State.NOT_USABLE, text);
    }
}
