package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Initialization;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** An entry of an {@code init_cfg}: a rule for the first values of the weights of a module. */
@Kind("initializer")
@ConsumerType
public interface Initializer extends Initialization {
    /** Path of the file that it takes values from, for those who read other kinds of files themselves; empty where there is none. */
    default Optional<String> file() {
        return Optional.empty();
    }
}
