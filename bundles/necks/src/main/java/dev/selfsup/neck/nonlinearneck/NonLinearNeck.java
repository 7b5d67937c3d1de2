package dev.selfsup.neck.nonlinearneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.StageFeatures;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** A multilayer perceptron fc-bn-[relu-fc-bn], the projector of SimCLR, BYOL, SimSiam and others: from [N, in, H, W] or [N, in] to [N, out]. */
public final class NonLinearNeck implements Neck {
    /**
     * Options of the perceptron.
     *
     * @param inChannels input channels
     * @param hidChannels hidden features
     * @param outChannels output features
     * @param numLayers fully connected layers; a single one gives hid_channels features, normalised, as in the reference
     * @param withBias whether layers but the last have a bias
     * @param withLastBn whether the last layer is normalised
     * @param withLastBnAffine whether the last normalisation has weight and bias
     * @param withLastBias whether the last layer has a bias
     * @param withAvgPool whether features are averaged over the image first
     * @param vitBackbone whether the backbone gives a class token, which is then used
     * @param normCfg normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int hidChannels, int outChannels, @Default("2") int numLayers, @Default("false") boolean withBias,
            @Default("true") boolean withLastBn, @Default("true") boolean withLastBnAffine, @Default("false") boolean withLastBias,
            @Default("true") boolean withAvgPool, @Default("false") boolean vitBackbone, @Default("{type: SyncBN}") Norm normCfg,
            @Default("[{type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg) {
        public Config {
            check(numLayers >= 1, "num_layers must be at least 1, not %d", numLayers);
            check(inChannels > 0 && hidChannels > 0 && outChannels > 0, "in_channels, hid_channels and out_channels must be positive, not %d, %d, %d",
                    inChannels, hidChannels, outChannels);
        }
    }

    private final Config config;

    private NonLinearNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer relu = x -> graph.apply(new Relu(), x);
        Layer layers = Linear.build(graph.in("fc0"), config.inChannels(), config.hidChannels(), config.withBias())
                .then(config.normCfg().build(graph.in("bn0"), config.hidChannels()));
        for (int i = 1; i < config.numLayers(); i++) {
            boolean last = i == config.numLayers() - 1;
            int out = last ? config.outChannels() : config.hidChannels();
            layers = layers.then(relu)
                    .then(Linear.build(graph.in("fc" + i), config.hidChannels(), out, last ? config.withLastBias() : config.withBias()));
            if (!last || config.withLastBn()) {
                layers = layers.then(config.normCfg().build(graph.in("bn" + i), out, !last || config.withLastBnAffine()));
            }
        }
        Layer perceptron = layers;
        return features -> graph.call(features, in -> List.of(perceptron.apply(rows(graph, in))));
    }

    private SDVariable rows(Graph graph, List<SDVariable> features) {
        SDVariable x = config.vitBackbone() ? features.get(features.size() - 1) : StageFeatures.only("NonLinearNeck", features);
        return StageFeatures.rows(graph, x, config.withAvgPool());                   // [N, in]
    }

    /** {@code NonLinearNeck}. */
    @Component
    @TypeName(kind = "neck", name = "NonLinearNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new NonLinearNeck(config);
        }
    }
}
