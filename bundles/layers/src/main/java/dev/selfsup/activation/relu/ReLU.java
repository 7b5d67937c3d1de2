package dev.selfsup.activation.relu;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Activation;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Relu;
import org.osgi.service.component.annotations.Component;

/** The rectified linear unit, max(x, 0). */
public final class ReLU implements Activation {
    /** No options. */
    public record Config() {}

    @Override
    public Layer build(Graph graph) {
        return graph.module(x -> graph.apply(new Relu(), x));
    }

    /** {@code ReLU}. */
    @Component
    @TypeName(kind = "activation", name = "ReLU", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Activation, Config> {
        @Override
        public Activation create(Config config) {
            return new ReLU();
        }
    }
}
