package dev.selfsup.neck.denseclneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.AdaptiveAveragePool;
import dev.selfsup.layers.Conv2d;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.StageFeatures;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * The projectors of DenseCL (Wang et al. 2020, <a href="https://arxiv.org/abs/2011.09157">arXiv:2011.09157</a>), one for the image, fc-relu-fc, and one for each of
 * its places, of 1x1 convolutions. Input: features [N, in, H, W]; outputs: the projection of the image [N, out], those of S * S places [N, out, S * S], and the
 * mean of these [N, out].
 */
public final class DenseCLNeck implements Neck {
    /**
     * Options of both projectors.
     *
     * @param inChannels input channels
     * @param hidChannels hidden features
     * @param outChannels output features
     * @param numGrid rows and columns of places that features are averaged to before the dense projector, S; as many as the backbone gives if left out
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int hidChannels, int outChannels, Optional<Integer> numGrid, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0 && hidChannels > 0 && outChannels > 0, "in_channels, hid_channels and out_channels must be positive, not %d, %d, %d",
                    inChannels, hidChannels, outChannels);
            check(numGrid.orElse(1) > 0, "num_grid must be positive, not %s", numGrid.orElse(1));
        }
    }

    private final Config config;

    private DenseCLNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer relu = x -> graph.apply(new Relu(), x);
        Layer whole = Linear.build(graph.in("mlp.0"), config.inChannels(), config.hidChannels(), true).then(relu)
                .then(Linear.build(graph.in("mlp.2"), config.hidChannels(), config.outChannels(), true));
        Layer each = pointwise(config.inChannels(), config.hidChannels()).build(graph.in("mlp2.0")).then(relu)
                .then(pointwise(config.hidChannels(), config.outChannels()).build(graph.in("mlp2.2")));
        return features -> graph.call(features, in -> {
            SDVariable x = StageFeatures.only("DenseCLNeck", in);                                             // [N, in, H, W]
            check(graph.shape(x).length == 4, "DenseCLNeck takes features of places, [N, C, H, W], not of %d dimensions", graph.shape(x).length);
            SDVariable image = whole.apply(graph.apply(new GlobalAveragePool(), x));                          // [N, out]
            SDVariable dense = each.apply(config.numGrid().map(side -> new AdaptiveAveragePool(side).apply(graph, x)).orElse(x));
            long[] shape = graph.shape(dense);                                                                // [N, out, S, S]
            return List.of(image, dense.reshape(shape[0], shape[1], shape[2] * shape[3]), graph.apply(new GlobalAveragePool(), dense));
        });
    }

    private static Conv2d pointwise(int in, int out) {
        return new Conv2d(in, out, 1, 1, 0, 1, 1, true);
    }

    /** {@code DenseCLNeck}. */
    @Component
    @TypeName(kind = "neck", name = "DenseCLNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new DenseCLNeck(config);
        }
    }
}
