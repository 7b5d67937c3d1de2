package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import org.osgi.annotation.versioning.ConsumerType;

/** Shows a run at all its {@link VisBackend}s: the value of {@code visualizer}. */
@Kind("visualizer")
@ConsumerType
public interface Visualizer extends VisBackend {}
