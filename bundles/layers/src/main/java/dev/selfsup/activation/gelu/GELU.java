package dev.selfsup.activation.gelu;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Activation;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Gelu;
import org.osgi.service.component.annotations.Component;

/** The Gaussian error linear unit x P(X <= x) (Hendrycks and Gimpel 2016), with the exact error function. */
public final class GELU implements Activation {
    /** No options. */
    public record Config() {}

    @Override
    public Layer build(Graph graph) {
        return graph.module(x -> graph.apply(new Gelu(), x));
    }

    /** {@code GELU}. */
    @Component
    @TypeName(kind = "activation", name = "GELU", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Activation, Config> {
        @Override
        public Activation create(Config config) {
            return new GELU();
        }
    }
}
