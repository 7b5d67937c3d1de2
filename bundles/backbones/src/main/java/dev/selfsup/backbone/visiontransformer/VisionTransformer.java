package dev.selfsup.backbone.visiontransformer;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Dropout;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerNetwork;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Vision transformer (Dosovitskiy et al. 2021, <a href="https://arxiv.org/abs/2010.11929">arXiv:2010.11929</a>): from images [N, 3, H, W] to,
 * for each output layer, the patches [N, C, H / P, W / P], or their mean [N, C], and the class token [N, C].
 */
public final class VisionTransformer implements Backbone {
    private static final double POSITION_DEVIATION = 0.02;

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (small, base, large, huge, deit-tiny, deit-small, deit-base), or a mapping of embed_dims, num_layers,
     *     num_heads and feedforward_channels
     * @param imgSize height and width of the images that positions are for, or one number for both; positions are interpolated for others
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param outIndices layers whose tokens are given, from 0; negative ones count from the last, -1
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param qkvBias whether queries, keys and values have a bias
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param withClsToken whether the layers see a class token
     * @param avgToken whether the mean of the patches, normalised, is given instead of the patches
     * @param frozenStages -1 for none; i freezes positions, patch embedding, class token and i layers
     * @param outputClsToken whether the class token is given beside the patches
     * @param interpolateMode how positions are interpolated
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param preNorm whether tokens are normalised before the layers, as in CLIP; patches have no bias then
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("base") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("3") int inChannels, @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate,
            @Default("0.0") double dropPathRate, @Default("true") boolean qkvBias, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg,
            @Default("true") boolean finalNorm, @Default("true") boolean withClsToken, @Default("false") boolean avgToken,
            @Default("-1") int frozenStages, @Default("true") boolean outputClsToken, @Default("bicubic") Interpolation interpolateMode,
            @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg, @Default("{}") List<VisionTransformerTrunk.LayerOptions> layerCfgs,
            @Default("false") boolean preNorm, @Default("[]") List<Initializer> initCfg) {
        VisionTransformerNetwork network() {
            VisionTransformerTrunk trunk = new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, inChannels, dropRate, dropPathRate,
                    qkvBias, normCfg, finalNorm, patchCfg.biased(!preNorm), layerCfgs);
            return new VisionTransformerNetwork(trunk, outIndices, withClsToken, avgToken, outputClsToken, interpolateMode, frozenStages);
        }
    }

    private final Config config;
    private final VisionTransformerNetwork network;

    private VisionTransformer(Config config) {
        this.config = config;
        this.network = config.network();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Graph first = config.frozenStages() > 0 ? graph.frozen().evaluating() : graph;
        VisionTransformerTrunk trunk = network.trunk();
        VisionTransformerNetwork.Stem stem = new VisionTransformerNetwork.Stem(
                trunk.classToken(first, Fill.ZEROS),                                                // [1, 1, C]
                Optional.of(trunk.positions(first, Fill.truncatedNormal(0, POSITION_DEVIATION, -2, 2))),    // [1, 1 + L, C]
                trunk.embedding(first),
                Dropout.build(first, config.dropRate()).then(config.preNorm() ? trunk.norm(graph, "pre_norm") : Layer.IDENTITY));
        return network.build(graph, stem);
    }

    /** {@code VisionTransformer}. */
    @Component
    @TypeName(kind = "backbone", name = "VisionTransformer", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new VisionTransformer(config);
        }
    }
}
