package dev.selfsup.scaffold;

import dev.selfsup.api.run.UsageException;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** A kind of component for which there is a template; its text is the name of the kind. */
enum PluginKind {
    ALGORITHM, BACKBONE, NECK, HEAD, LOSS, TRANSFORM, HOOK;

    /** The kind of a name; throws {@link UsageException} where there is none. */
    static PluginKind named(String name) {
        return Stream.of(values()).filter(kind -> kind.toString().equals(name)).findFirst()
                .orElseThrow(() -> new UsageException("KIND must be one of " + String.join(", ", new Names()) + ", not '" + name + "'"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of all kinds. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(values()).map(PluginKind::toString).iterator();
        }
    }
}
