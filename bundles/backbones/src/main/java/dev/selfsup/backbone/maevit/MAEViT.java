package dev.selfsup.backbone.maevit;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.RandomMasking;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisiblePatchEncoder;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Encoder of masked autoencoders (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): a vision transformer that
 * sees a random choice of an image's patches. From images [N, 3, H, W] to the tokens [N, 1 + V, C] of the class and the visible
 * patches, the mask [N, L] (1 where a patch is masked) and the places of all patches in the order of the tokens, int64
 * [N, L]. Positions are sines and cosines and not trained.
 */
public final class MAEViT implements Backbone {
    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (small, base, large, huge, deit-tiny, deit-small, deit-base), or a mapping of embed_dims, num_layers,
     *     num_heads and feedforward_channels
     * @param imgSize height and width of the images
     * @param patchSize height and width of a patch
     * @param outIndices accepted and without effect: the last layer's tokens are given
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param outputClsToken accepted and without effect: the class token is given
     * @param interpolateMode accepted and without effect: positions are those of img_size
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param maskRatio share of the patches that are masked
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("b") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate, @Default("0.0") double dropPathRate,
            @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("true") boolean finalNorm, @Default("true") boolean outputClsToken,
            @Default("bicubic") Interpolation interpolateMode, @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg,
            @Default("{}") List<VisionTransformerTrunk.LayerOptions> layerCfgs, @Default("0.75") double maskRatio,
            @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(maskRatio >= 0 && maskRatio < 1, "mask_ratio must be at least 0 and below 1, not %s", maskRatio);
            check(imgSize.stream().distinct().count() == 1, "img_size must be square, not %s", imgSize);
        }

        VisionTransformerTrunk trunk() {
            return new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, 3, dropRate, dropPathRate, true, normCfg,
                    finalNorm, patchCfg, layerCfgs);
        }
    }

    private final Config config;

    private MAEViT(Config config) {
        this.config = config;
        config.trunk();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        VisiblePatchEncoder encoder = VisiblePatchEncoder.of(graph, config.trunk());
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                return graph.call(List.of(images), in -> masked(graph, encoder, in.get(0)));
            }

            @Override
            public List<SDVariable> features(SDVariable images) {
                return graph.call(List.of(images), in -> List.of(encoder.whole(in.get(0))));
            }
        };
    }

    private List<SDVariable> masked(Graph graph, VisiblePatchEncoder encoder, SDVariable images) {
        int visible = (int) (encoder.length() * (1 - config.maskRatio()));
        check(visible > 0, "mask_ratio %s leaves none of the %d patches visible: lower it", config.maskRatio(), encoder.length());
        SDVariable noise = graph.draw(Draw.uniform(), graph.shape(images)[0], encoder.length());    // [N, L]
        List<SDVariable> choice = graph.applyAll(new RandomMasking(visible), noise);
        SDVariable tokens = encoder.some(images, choice.get(2), choice.get(3));                     // [N, 1 + V, C]
        return List.of(tokens, choice.get(1), choice.get(0));
    }

    /** {@code MAEViT}. */
    @Component
    @TypeName(kind = "backbone", name = "MAEViT")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MAEViT(config);
        }
    }
}
