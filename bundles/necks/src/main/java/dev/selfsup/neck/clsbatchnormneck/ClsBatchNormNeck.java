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
 * Normalises class tokens over the batch, as linear evaluation of MAE does (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>). Inputs,
 * for each layer of a vision transformer: patches [N, C, H, W], which stay as they are, and the class token [N, C].
 */
public final class ClsBatchNormNeck implements Neck {
    private static final double MOMENTUM = 0.1;

    /**
     * Options of the neck.
     *
     * @param inputFeatures features of a class token, C
     * @param affine whether there are weight and bias
     * @param eps added to the variance
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inputFeatures, @Default("false") boolean affine, @Default("1.0e-6") double eps,
            @Default("[]") List<Initializer> initCfg) {
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
        return features -> graph.call(features, in -> {
            check(in.size() % 2 == 0, "ClsBatchNormNeck takes patches and class token of each layer: set output_cls_token: true in the backbone");
            List<SDVariable> out = new ArrayList<>(in);
            for (int token = 1; token < in.size(); token += 2) {
                long[] shape = graph.shape(in.get(token));
                check(shape.length == 2 && shape[1] == config.inputFeatures(), "input_features is %d, but a class token has %d features", config.inputFeatures(),
                        shape[shape.length - 1]);
                out.set(token, norm.apply(in.get(token)));
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
