package dev.selfsup.activation.tanh;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Activation;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import org.osgi.service.component.annotations.Component;

/** The hyperbolic tangent. */
public final class Tanh implements Activation {
    /** No options. */
    public record Config() {}

    @Override
    public Layer build(Graph graph) {
        return graph.module(x -> graph.math().tanh(x));
    }

    /** {@code Tanh}. */
    @Component
    @TypeName(kind = "activation", name = "Tanh", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Activation, Config> {
        @Override
        public Activation create(Config config) {
            return new Tanh();
        }
    }
}
