package dev.selfsup.neck.odcneck;

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
 * The neck of online deep clustering, fc-bn-relu-dropout-fc-relu: features [N, in, H, W] or [N, in] to [N, out]. Half of the hidden features are dropped in training;
 * the normalisation has no weight and bias, and its running statistics move slowly (momentum 0.001).
 */
public final class ODCNeck implements Neck {
    private static final double MOMENTUM = 0.001;
    private static final double DROPPED = 0.5;

    /**
     * Options of the neck.
     *
     * @param inChannels input channels
     * @param hidChannels hidden features
     * @param outChannels output features
     * @param withAvgPool whether features are averaged over the image first
     * @param normCfg batch normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int hidChannels, int outChannels, @Default("true") boolean withAvgPool,
            @Default("{type: SyncBN}") Norm normCfg,
            @Default("[{type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0 && hidChannels > 0 && outChannels > 0, "in_channels, hid_channels and out_channels must be positive, not %d, %d, %d",
                    inChannels, hidChannels, outChannels);
        }
    }

    private final Config config;

    private ODCNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer relu = x -> graph.apply(new Relu(), x);
        Layer layers = Linear.build(graph.in("fc0"), config.inChannels(), config.hidChannels(), true)
                .then(config.normCfg().momentum(MOMENTUM).build(graph.in("bn0"), config.hidChannels(), false))
                .then(relu)
                .then(Dropout.build(graph, DROPPED))
                .then(Linear.build(graph.in("fc1"), config.hidChannels(), config.outChannels(), true))
                .then(relu);
        return features -> graph.call(features, in -> List.of(layers.apply(rows(graph, in))));
    }

    /** The features of an image, [N, in]. */
    private SDVariable rows(Graph graph, List<SDVariable> features) {
        check(features.size() == 1, "the neck takes the features of one stage, not of %d: set one out_indices of the backbone", features.size());
        long[] shape = graph.shape(features.get(0));
        check(!config.withAvgPool() || shape.length == 4, "with_avg_pool needs features [N, C, H, W], not %s: set with_avg_pool: false", Arrays.toString(shape));
        SDVariable x = config.withAvgPool() ? graph.apply(new GlobalAveragePool(), features.get(0)) : features.get(0);
        long values = Arrays.stream(graph.shape(x)).skip(1).reduce(1, (a, b) -> a * b);
        check(values == config.inChannels(), "in_channels is %d, but an image has %d features", config.inChannels(), values);
        return graph.shape(x).length == 2 ? x : x.reshape(shape[0], values);
    }

    /** {@code ODCNeck}. */
    @Component
    @TypeName(kind = "neck", name = "ODCNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new ODCNeck(config);
        }
    }
}
