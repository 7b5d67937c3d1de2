package dev.selfsup.norm.nonorm;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import org.osgi.service.component.annotations.Component;

/** No normalisation: {@code norm_cfg: {type: 'null'}} of heads whose features may stay as they are. It has no weights. */
public final class NoNorm implements Norm {
    /** No options. */
    public record Config() {}

    @Override
    public String abbreviation() {
        return "none";
    }

    @Override
    public Layer build(Graph graph, int channels, boolean affine) {
        return Layer.IDENTITY;
    }

    /** {@code null}. */
    @Component
    @TypeName(kind = "norm", name = "null")
    public static final class Factory implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new NoNorm();
        }
    }
}
