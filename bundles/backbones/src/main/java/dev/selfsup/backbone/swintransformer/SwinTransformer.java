package dev.selfsup.backbone.swintransformer;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.HierarchySize;
import dev.selfsup.layers.ImageTokens;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.SwinNetwork;
import dev.selfsup.layers.SwinStages;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Swin transformer (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>): attention within windows that are shifted in every other layer, and stages that
 * halve the map. From images [N, 3, H, W] to, for each output stage, [N, C, H', W'].
 */
public final class SwinTransformer implements Backbone {
    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (tiny, small, base, large), or a mapping of embed_dims, depths and num_heads
     * @param imgSize height and width of the images that positions are for, or one number for both; positions are interpolated for others
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param windowSize rows and columns of a window
     * @param dropRate probability of setting an element of the tokens to zero in training
     * @param dropPathRate probability of dropping a branch in the last block; it rises evenly from 0 in the first
     * @param outIndices stages whose features are given, from 0; -1 is the last
     * @param outAfterDownsample whether they are given after tokens were merged for the next stage
     * @param useAbsPosEmbed whether tokens know their place in the image
     * @param interpolateMode how embeddings of places are interpolated
     * @param withCp accepted and without effect: it trades time for memory
     * @param frozenStages -1 for none; i freezes the patch embedding and stages 0 to i
     * @param normEval accepted and without effect: tokens have no running statistics
     * @param padSmallMap whether a map smaller than a window is padded, and one as large as a window shifted
     * @param normCfg normalisation of what is given; null for none
     * @param stageCfgs further options of the stages: one mapping for all, or a list of one for each
     * @param patchCfg further options of the patch embedding
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("tiny") Object arch, @Default("224") List<Integer> imgSize, @Default("4") int patchSize, @Default("3") int inChannels,
            @Default("7") int windowSize, @Default("0.0") double dropRate, @Default("0.1") double dropPathRate, @Default("3") List<Integer> outIndices,
            @Default("false") boolean outAfterDownsample, @Default("false") boolean useAbsPosEmbed, @Default("bicubic") Interpolation interpolateMode,
            @Default("false") boolean withCp, @Default("-1") int frozenStages, @Default("false") boolean normEval, @Default("false") boolean padSmallMap,
            @Default("{type: LN}") Optional<Norm> normCfg, @Default("{}") List<SwinStages.StageOptions> stageCfgs, @Default("{}") ImageTokens.Options patchCfg,
            @Default("[]") List<Initializer> initCfg) {
        SwinNetwork network() {
            HierarchySize size = HierarchySize.of(arch, SwinStages.KNOWN);
            SwinStages stages = new SwinStages(size, windowSize, padSmallMap, dropPathRate, stageCfgs);
            return new SwinNetwork(patchCfg.of(inChannels, size.embedDims(), patchSize), imgSize, stages,
                    useAbsPosEmbed ? Optional.of(interpolateMode) : Optional.empty(), dropRate, new SwinNetwork.Output(outIndices, outAfterDownsample, normCfg), frozenStages);
        }
    }

    private final Config config;
    private final SwinNetwork network;

    private SwinTransformer(Config config) {
        this.config = config;
        this.network = config.network();
    }

    @Override
    public Network build(Graph place) {
        return network.build(place.initialized(config.initCfg()), false);
    }

    /** {@code SwinTransformer}. */
    @Component
    @TypeName(kind = "backbone", name = "SwinTransformer", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new SwinTransformer(config);
        }
    }
}
