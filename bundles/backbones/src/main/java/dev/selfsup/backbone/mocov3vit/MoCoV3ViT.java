package dev.selfsup.backbone.mocov3vit;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.Dropout;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerNetwork;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Vision transformer of MoCo v3 (Chen et al. 2021, <a href="https://arxiv.org/abs/2104.02057">arXiv:2104.02057</a>): from images [N, 3, H, W] to, for each output
 * layer, the patches [N, C, H / P, W / P], or their mean [N, C], and the class token [N, C]. Positions are sines and cosines and not trained; the projection of
 * patches can be left as it was first, which keeps training stable.
 */
public final class MoCoV3ViT implements Backbone {
    /**
     * Options of the network.
     *
     * @param stopGradConv1 whether the projection of patches is not trained
     * @param frozenStages -1 for none; 0 freezes patch embedding and class token, i also the first i layers
     * @param normEval accepted and without effect: it means batch normalisation, which tokens do not have
     * @param arch name of a known architecture (mocov3-small, small, base, large, huge, deit-tiny, deit-small, deit-base), or a mapping of embed_dims,
     *     num_layers, num_heads and feedforward_channels
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
     * @param outputClsToken whether the class token is given beside the patches
     * @param interpolateMode how positions are interpolated
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of the weights; of those that the method fills itself only pretrained ones win
     */
    public record Config(@Default("false") boolean stopGradConv1, @Default("-1") int frozenStages, @Default("false") boolean normEval,
            @Default("base") Object arch, @Default("224") List<Integer> imgSize, List<Integer> patchSize, @Default("3") int inChannels,
            @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate, @Default("0.0") double dropPathRate,
            @Default("true") boolean qkvBias, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("true") boolean finalNorm,
            @Default("true") boolean withClsToken, @Default("false") boolean avgToken, @Default("true") boolean outputClsToken,
            @Default("bicubic") Interpolation interpolateMode, @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg,
            @Default("{}") List<VisionTransformerTrunk.LayerOptions> layerCfgs, @Default("[]") List<Initializer> initCfg) {
        VisionTransformerNetwork network() {
            VisionTransformerTrunk trunk = new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, inChannels, dropRate, dropPathRate,
                    qkvBias, normCfg, finalNorm, patchCfg, layerCfgs);
            return new VisionTransformerNetwork(trunk, outIndices, withClsToken, avgToken, outputClsToken, interpolateMode, frozenStages);
        }
    }

    private final Config config;
    private final VisionTransformerNetwork network;

    private MoCoV3ViT(Config config) {
        this.config = config;
        this.network = config.network();
    }

    @Override
    public Network build(Graph place) {
        VisionTransformerTrunk trunk = network.trunk();
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(new FirstValues(trunk.size().embedDims(), trunk.patches().size())));
        Graph first = config.frozenStages() >= 0 ? graph.frozen() : graph;
        VisionTransformerNetwork.Stem stem = new VisionTransformerNetwork.Stem(
                trunk.classToken(first, FirstValues.CLASS_TOKEN),                                       // [1, 1, C]
                Optional.of(trunk.positions(graph.frozen(), sines(trunk.grid()))),                      // [1, 1 + L, C]
                trunk.embedding(first, config.stopGradConv1()), Dropout.build(graph, config.dropRate()));
        return network.build(graph, stem);
    }

    private static Fill sines(long... grid) {
        return PositionEmbedding.sines((int) grid[0], (int) grid[1]);
    }

    /** {@code MoCoV3ViT}. */
    @Component
    @TypeName(kind = "backbone", name = "MoCoV3ViT")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MoCoV3ViT(config);
        }
    }
}
