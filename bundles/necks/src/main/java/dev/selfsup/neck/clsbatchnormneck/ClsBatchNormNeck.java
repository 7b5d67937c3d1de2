package dev.selfsup.neck.clsbatchnormneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.layers.BatchNorm;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Batch normalisation of class tokens before a linear classifier (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>). Inputs: of every stage its patches
 * and its class token [N, C], one stage after the other, as a vision transformer with {@code output_cls_token} gives them; outputs: the same with the class tokens normalised.
 */
public final class ClsBatchNormNeck implements Neck {
    private static final double MOMENTUM = 0.1;

    /**
     * Options of the neck.
     *
     * @param inputFeatures size of a class token, C
     * @param affine whether there are a factor and a shift that are trained
     * @param eps added to the variance
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inputFeatures, @Default("false") boolean affine, @Default("1.0e-6") double eps, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(inputFeatures > 0, "input_features must be positive, not %d", inputFeatures);
            check(eps > 0, "eps must be positive, not %s", eps);
        }
    }

    private final Config config;

    private ClsBatchNormNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer norm = new BatchNorm(LayerType.BATCH_NORM_1D, config.eps(), MOMENTUM, config.affine(), false).build(graph.in("bn"), config.inputFeatures());
        return inputs -> graph.call(inputs, in -> {
            check(in.size() % 2 == 0, "ClsBatchNormNeck takes patches and a class token of each stage: set output_cls_token: true of the backbone");
            List<SDVariable> out = new ArrayList<>(in);
            for (int i = 1; i < in.size(); i += 2) {
                out.set(i, norm.apply(in.get(i)));
            }
            return out;
        });
    }

    /** {@code ClsBatchNormNeck}. */
    @Component
    @TypeName(kind = "neck", name = "ClsBatchNormNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new ClsBatchNormNeck(config);
        }
    }
}
