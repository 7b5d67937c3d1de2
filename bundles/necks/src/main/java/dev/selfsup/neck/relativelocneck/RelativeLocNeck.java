package dev.selfsup.neck.relativelocneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Dropout;
import dev.selfsup.layers.Linear;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * What compares the two patches of a pair (Doersch et al. 2015, <a href="https://arxiv.org/abs/1505.05192">arXiv:1505.05192</a>): fc-bn-relu-dropout
 * on the features of both side by side, from [N, 2 in, H, W] or [N, 2 in] to [N, out]. The normalisation's running statistics have momentum 0.003.
 */
public final class RelativeLocNeck implements Neck {
    private static final double MOMENTUM = 0.003;
    private static final double DROPPED = 0.5;

    /**
     * Options of the neck.
     *
     * @param inChannels channels of one patch's features
     * @param outChannels output features
     * @param withAvgPool whether features are averaged over the patch first
     * @param normCfg batch normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int outChannels, @Default("true") boolean withAvgPool, @Default("{type: BN1d}") Norm normCfg,
            @Default("[{type: Normal, std: 0.01, layer: Linear}, {type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0 && outChannels > 0, "in_channels and out_channels must be positive, not %d and %d", inChannels, outChannels);
        }
    }

    private final Config config;

    private RelativeLocNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer fc = Linear.build(graph.in("fc"), 2 * config.inChannels(), config.outChannels(), true);
        Layer norm = config.normCfg().momentum(MOMENTUM).build(graph.in("bn"), config.outChannels());
        Layer relu = x -> graph.apply(new Relu(), x);
        Layer layers = fc.then(norm).then(relu).then(Dropout.build(graph, DROPPED));
        return features -> graph.call(features, in -> List.of(layers.apply(rows(graph, in))));
    }

    /** The features of pairs, [N, 2 in]. */
    private SDVariable rows(Graph graph, List<SDVariable> features) {
        check(features.size() == 1, "the neck takes the features of one stage, not of %d: set one out_indices of the backbone", features.size());
        long[] shape = graph.shape(features.get(0));
        check(!config.withAvgPool() || shape.length == 4, "with_avg_pool needs features [N, C, H, W], not %s: set with_avg_pool: false", Arrays.toString(shape));
        SDVariable x = config.withAvgPool() ? graph.apply(new GlobalAveragePool(), features.get(0)) : features.get(0);
        long values = Arrays.stream(graph.shape(x)).skip(1).reduce(1, (a, b) -> a * b);
        check(values == 2L * config.inChannels(), "in_channels is %d, but a pair of patches has %d features in all", config.inChannels(), values);
        return graph.shape(x).length == 2 ? x : x.reshape(shape[0], values);
    }

    /** {@code RelativeLocNeck}. */
    @Component
    @TypeName(kind = "neck", name = "RelativeLocNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new RelativeLocNeck(config);
        }
    }
}
