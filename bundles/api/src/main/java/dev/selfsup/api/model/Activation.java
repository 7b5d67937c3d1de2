package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import org.osgi.annotation.versioning.ConsumerType;

/** An {@code act_cfg}: an activation function. */
@Kind("activation")
@ConsumerType
public interface Activation {
    /** Makes the layer. */
    Layer build(Graph graph);
}
