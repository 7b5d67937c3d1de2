package dev.selfsup.backbone.simmimswintransformer;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.LayerType;
import dev.selfsup.layers.HierarchySize;
import dev.selfsup.layers.ImageTokens;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.SwinNetwork;
import dev.selfsup.layers.SwinStages;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Swin transformer of SimMIM (Xie et al. 2022, <a href="https://arxiv.org/abs/2111.09886">arXiv:2111.09886</a>): masked patches are replaced by one learnt token. From images [N, 3, H, W]
 * and a mask [N, H / 4, W / 4], 1 where a patch is masked, to the features of the last stage, [N, C, H', W'].
 */
public final class SimMIMSwinTransformer implements Backbone {
    private static final int PATCH = 4;
    private static final int WINDOW = 7;
    private static final Initialization LINEAR = weight -> !weight.layer().equals(LayerType.LINEAR) ? Optional.empty()
            : Optional.of(weight.name().equals("bias") ? Fill.ZEROS : Fill.truncatedNormal(0, 0.02, -2, 2));

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (tiny, small, base, large), or a mapping of embed_dims, depths and num_heads
     * @param imgSize height and width of the images that positions are for, or one number for both
     * @param inChannels channels of the images
     * @param dropRate probability of setting an element of the tokens to zero in training
     * @param dropPathRate probability of dropping a branch in the last block; it rises evenly from 0 in the first
     * @param outIndices stages whose features are given, from 0; only one behind which no tokens are merged can be, the last
     * @param useAbsPosEmbed whether tokens know their place in the image
     * @param withCp accepted and without effect: it trades time for memory
     * @param frozenStages -1 for none; i freezes the patch embedding and stages 0 to i
     * @param normEval accepted and without effect: tokens have no running statistics
     * @param normCfg normalisation of what is given; null for none
     * @param stageCfgs further options of the stages, as the window_size in block_cfgs: one mapping for all, or a list of one for each
     * @param patchCfg further options of the patch embedding
     * @param padSmallMap whether a map smaller than a window is padded, and one as large as a window shifted
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("T") Object arch, @Default("224") List<Integer> imgSize, @Default("3") int inChannels, @Default("0.0") double dropRate,
            @Default("0.1") double dropPathRate, @Default("3") List<Integer> outIndices, @Default("false") boolean useAbsPosEmbed, @Default("false") boolean withCp,
            @Default("-1") int frozenStages, @Default("false") boolean normEval, @Default("{type: LN}") Optional<Norm> normCfg,
            @Default("{}") List<SwinStages.StageOptions> stageCfgs, @Default("{}") ImageTokens.Options patchCfg, @Default("false") boolean padSmallMap,
            @Default("[]") List<Initializer> initCfg) {
        SwinNetwork network() {
            HierarchySize size = HierarchySize.of(arch, SwinStages.KNOWN);
            int last = size.stages() - 1;
            check(outIndices.equals(List.of(last)), "out_indices must be the last stage, [%d], not %s: others give tokens already merged for the next one, which their norm does not fit",
                    last, outIndices);
            SwinStages stages = new SwinStages(size, WINDOW, padSmallMap, dropPathRate, stageCfgs);
            return new SwinNetwork(patchCfg.of(inChannels, size.embedDims(), PATCH), imgSize, stages,
                    useAbsPosEmbed ? Optional.of(Interpolation.BICUBIC) : Optional.empty(), dropRate, new SwinNetwork.Output(outIndices, false, normCfg), frozenStages);
        }
    }

    private final Config config;
    private final SwinNetwork network;

    private SimMIMSwinTransformer(Config config) {
        this.config = config;
        this.network = config.network();
    }

    @Override
    public Network build(Graph place) {
        return network.build(place.initialized(config.initCfg()).initialized(List.of(LINEAR)), true);
    }

    /** {@code SimMIMSwinTransformer}. */
    @Component
    @TypeName(kind = "backbone", name = "SimMIMSwinTransformer")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new SimMIMSwinTransformer(config);
        }
    }
}
