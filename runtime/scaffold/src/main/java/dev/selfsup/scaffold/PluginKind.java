package dev.selfsup.scaffold;

import java.util.Locale;

/** A kind of component for which there is a template; its text is the name of the kind. */
enum PluginKind {
    ALGORITHM, BACKBONE, NECK, HEAD, LOSS, TRANSFORM, HOOK;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
