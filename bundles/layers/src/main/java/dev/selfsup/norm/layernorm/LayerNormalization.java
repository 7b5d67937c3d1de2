package dev.selfsup.norm.layernorm;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.LayerNorm;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** Layer normalisation (Ba et al. 2016) over the last dimension of [R, C]. Weights {@code weight} and {@code bias} [C]. */
public final class LayerNormalization implements Norm {
    /**
     * Options of layer normalisation.
     *
     * @param requiresGrad whether weight and bias are trained
     * @param eps added to the variance
     */
    public record Config(@Default("true") boolean requiresGrad, @Default("1.0e-5") double eps) {}

    private final Config config;

    private LayerNormalization(Config config) {
        this.config = config;
    }

    @Override
    public String abbreviation() {
        return "ln";
    }

    @Override
    public Layer build(Graph place, int channels, boolean affine) {
        Graph graph = config.requiresGrad() ? place : place.frozen();
        LayerNorm norm = new LayerNorm(config.eps());
        if (!affine) {
            return graph.module(x -> graph.apply(norm, x));
        }
        SDVariable weight = graph.weight("weight", LayerType.LAYER_NORM, Fill.ONES, channels);
        SDVariable bias = graph.weight("bias", LayerType.LAYER_NORM, Fill.ZEROS, channels);
        return graph.module(x -> graph.apply(norm, x, weight, bias));
    }

    /** {@code LN}. */
    @Component
    @TypeName(kind = "norm", name = "LN", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new LayerNormalization(config);
        }
    }
}
