package dev.selfsup.backbone.milanvit;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.OrderedMasking;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisiblePatchEncoder;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Encoder of MILAN (Hou et al. 2022, <a href="https://arxiv.org/abs/2208.06049">arXiv:2208.06049</a>): {@code MAEViT} whose visible patches are drawn by their importance. From
 * images [N, 3, H, W] and the importance of their patches, an input of the model, to the tokens [N, 1 + V, C] of the class and the visible patches, the places of all patches in
 * the order that was drawn, int64 [N, L], the visible patches, int64 [N, V], and the masked ones, int64 [N, L - V]. The importance is [N, L], or an attention
 * [N, 1 + L, 1 + L] whose first row, that of the class token, tells it, as {@code CLIPGenerator} gives it.
 */
public final class MILANViT implements Backbone {
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

    private MILANViT(Config config) {
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
                throw new IllegalArgumentException("MILANViT draws visible patches by their importance: it needs a method that gives it one, as MILAN");
            }

            @Override
            public List<SDVariable> apply(SDVariable images, SDVariable importance) {
                return graph.call(List.of(images, importance), in -> masked(graph, encoder, in.get(0), in.get(1)));
            }

            @Override
            public List<SDVariable> features(SDVariable images) {
                return graph.call(List.of(images), in -> List.of(encoder.whole(in.get(0))));
            }
        };
    }

    private List<SDVariable> masked(Graph graph, VisiblePatchEncoder encoder, SDVariable images, SDVariable importance) {
        int length = encoder.length();
        int visible = (int) (length * (1 - config.maskRatio()));
        SDVariable order = graph.draw(source(length, graph.shape(importance)), importance, graph.shape(images)[0], length);     // [N, L]
        List<SDVariable> choice = graph.applyAll(new OrderedMasking(visible), order);
        SDVariable tokens = encoder.some(images, choice.get(1), choice.get(3));                     // [N, 1 + V, C]
        return List.of(tokens, choice.get(0), choice.get(1), choice.get(2));
    }

    private static Draw.Source source(int length, long... importance) {
        if (importance.length == 2 && importance[1] == length) {
            return Draw.multinomial(length);
        }
        check(importance.length == 3 && importance[1] == length + 1 && importance[2] == length + 1,
                "the importance of %d patches must be [N, %d] or an attention [N, %d, %d], not %s: the target generator must see as many patches as the backbone", length,
                length, length + 1, length + 1, Arrays.toString(importance));
        return Draw.multinomialByAttention(length);
    }

    /** {@code MILANViT}. */
    @Component
    @TypeName(kind = "backbone", name = "MILANViT")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MILANViT(config);
        }
    }
}
