package dev.selfsup.backbone.beit;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.BEiTEncoder;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerNetwork;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * Vision transformer of BEiT (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>) on whole images, as it is fine-tuned: from images
 * [N, 3, H, W] to, for each output layer, the mean of the patches [N, C], or the patches [N, C, H / P, W / P], and the class token [N, C].
 */
public final class BEiT implements Backbone {
    /**
     * Options of the network.
     *
     * @param arch name of a known architecture, as base or large, or a mapping of embed_dims, num_layers, num_heads and feedforward_channels
     * @param imgSize height and width of the images that positions are for, or one number for both
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param outIndices layers whose tokens are given, from 0; negative ones count from the last, -1
     * @param dropRate probability of setting an element to zero behind positions and in feed-forward networks in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param withClsToken whether the layers see a class token
     * @param avgToken whether the mean of the patches, normalised, is given instead of the patches
     * @param frozenStages -1 for none; i freezes positions, patch embedding, class token and i layers
     * @param outputClsToken whether the class token is given beside the patches
     * @param useAbsPosEmb whether tokens have learnt positions
     * @param useRelPosBias whether each layer has a relative position bias
     * @param useSharedRelPosBias whether all layers share a relative position bias
     * @param layerScaleInitValue first value of the scales of the layers' branches; 0 for none
     * @param interpolateMode how positions are interpolated for images of another size
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("base") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("3") int inChannels, @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate,
            @Default("0.0") double dropPathRate, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("false") boolean finalNorm,
            @Default("true") boolean withClsToken, @Default("true") boolean avgToken, @Default("-1") int frozenStages,
            @Default("false") boolean outputClsToken, @Default("false") boolean useAbsPosEmb, @Default("true") boolean useRelPosBias,
            @Default("false") boolean useSharedRelPosBias, @Default("0.1") double layerScaleInitValue, @Default("bicubic") Interpolation interpolateMode,
            @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg, @Default("{}") List<BEiTEncoder.LayerOptions> layerCfgs,
            @Default("[]") List<Initializer> initCfg) {
        BEiTEncoder encoder() {
            VisionTransformerTrunk trunk = new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, inChannels, dropRate, dropPathRate,
                    false, normCfg, finalNorm, patchCfg, layerCfgs.stream().map(BEiTEncoder.LayerOptions::common).toList());
            return new BEiTEncoder(new VisionTransformerNetwork(trunk, outIndices, withClsToken, avgToken, outputClsToken, interpolateMode, frozenStages),
                    useAbsPosEmb, useRelPosBias, useSharedRelPosBias, layerScaleInitValue, layerCfgs);
        }
    }

    private final Config config;
    private final BEiTEncoder encoder;

    private BEiT(Config config) {
        this.config = config;
        this.encoder = config.encoder();
    }

    @Override
    public Network build(Graph place) {
        return encoder.build(place.initialized(config.initCfg()));
    }

    /** {@code mmcls.BEiT}. */
    @Component
    @TypeName(kind = "backbone", name = "BEiT", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new BEiT(config);
        }
    }
}
