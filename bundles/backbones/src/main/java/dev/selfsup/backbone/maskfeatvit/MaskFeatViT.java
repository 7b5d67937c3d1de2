package dev.selfsup.backbone.maskfeatvit;

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
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.ToReal;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.Dropout;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Vision transformer of MaskFeat (Wei et al. 2022, <a href="https://arxiv.org/abs/2112.09133">arXiv:2112.09133</a>): masked patches are replaced by one learnt token before the
 * layers. From images [N, 3, H, W] and a mask [N, H / P, W / P], 1 where a patch is masked, to the tokens of class and patches, [N, 1 + L, C].
 */
public final class MaskFeatViT implements Backbone {
    private static final Fill DEVIATION = Fill.truncatedNormal(0, 0.02, -2, 2);
    private static final Initialization LINEAR = Initialization.overriding(weight -> switch (weight.name()) {
        case "weight" -> weight.shape().length >= 2 ? Optional.of(DEVIATION) : Optional.empty();
        case "bias" -> weight.key().startsWith("patch_embed") ? Optional.empty() : Optional.of(Fill.ZEROS);
        default -> Optional.empty();
    });

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (small, base, large, huge, deit-tiny, deit-small, deit-base), or a mapping of embed_dims, num_layers,
     *     num_heads and feedforward_channels
     * @param imgSize height and width of the images that positions are for, or one number for both
     * @param patchSize height and width of a patch
     * @param outIndices accepted and without effect: the last layer's tokens are given
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param outputClsToken accepted and without effect: the class token is given
     * @param interpolateMode how positions are interpolated for images of another size
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("b") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate, @Default("0.0") double dropPathRate,
            @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("true") boolean finalNorm, @Default("true") boolean outputClsToken,
            @Default("bicubic") Interpolation interpolateMode, @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg,
            @Default("{}") List<VisionTransformerTrunk.LayerOptions> layerCfgs, @Default("[]") List<Initializer> initCfg) {
        VisionTransformerTrunk trunk() {
            return new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, 3, dropRate, dropPathRate, true, normCfg,
                    finalNorm, patchCfg, layerCfgs);
        }
    }

    private final Config config;
    private final VisionTransformerTrunk trunk;

    private MaskFeatViT(Config config) {
        this.config = config;
        this.trunk = config.trunk();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(LINEAR));
        Encoder encoder = new Encoder(graph);
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                return features(images);
            }

            @Override
            public List<SDVariable> apply(SDVariable images, SDVariable mask) {
                return graph.call(List.of(images, mask), in -> List.of(encoder.tokens(in.get(0), Optional.of(in.get(1)))));
            }

            @Override
            public List<SDVariable> features(SDVariable images) {
                return graph.call(List.of(images), in -> List.of(encoder.patches(in.get(0))));
            }
        };
    }

    /** The network with its weights. */
    private final class Encoder {
        private final Graph graph;
        private final SDVariable classToken;
        private final SDVariable positions;
        private final SDVariable maskToken;
        private final Layer embedding;
        private final Layer layers;

        Encoder(Graph graph) {
            this.graph = graph;
            this.classToken = trunk.classToken(graph, DEVIATION);                                  // [1, 1, C]
            this.positions = trunk.positions(graph, DEVIATION);                                    // [1, 1 + L, C]
            this.maskToken = graph.weight("mask_token", LayerType.NONE, DEVIATION, 1, 1, trunk.size().embedDims());
            this.embedding = trunk.embedding(graph);
            this.layers = trunk.all(graph);
        }

        /** All tokens of images some of whose patches may be masked, [N, 1 + L, C]. */
        SDVariable tokens(SDVariable images, Optional<SDVariable> mask) {
            long[] grid = grid(images);
            long batch = graph.shape(images)[0];
            long length = grid[0] * grid[1];
            SDVariable patches = embedding.apply(trunk.patches().channelsFirst(graph, images)).reshape(batch, length, trunk.size().embedDims());
            SDVariable seen = mask.map(m -> masked(patches, m, batch, length)).orElse(patches);
            SDVariable all = graph.apply(new PrependToken(), seen, classToken);                    // [N, 1 + L, C]
            SDVariable placed = graph.apply(new AddPositions(), all, PositionEmbedding.resized(graph, positions, trunk.grid(), grid, config.interpolateMode()));
            return layers.apply(Dropout.build(graph, config.dropRate()).apply(placed));
        }

        private SDVariable masked(SDVariable patches, SDVariable mask, long batch, long length) {
            check(graph.shape(mask)[1] * graph.shape(mask)[2] == length, "the mask is for %dx%d patches, the images have %d", graph.shape(mask)[1], graph.shape(mask)[2], length);
            SDVariable hidden = graph.apply(new ToReal(), mask).reshape(batch, length, 1);                        // [N, L, 1]
            return patches.mul(hidden.rsub(1)).add(maskToken.mul(hidden));
        }

        /** The patches of whole images, [N, C, H / P, W / P]. */
        SDVariable patches(SDVariable images) {
            long[] grid = grid(images);
            long length = grid[0] * grid[1];
            SDVariable patches = graph.apply(new TokenRange(1, 1 + length), tokens(images, Optional.empty()));
            return patches.reshape(graph.shape(images)[0], grid[0], grid[1], trunk.size().embedDims()).permute(0, 3, 1, 2);
        }

        private long[] grid(SDVariable images) {
            return new long[] {trunk.patches().rows(graph.shape(images)), trunk.patches().columns(graph.shape(images))};
        }
    }

    /** {@code MaskFeatViT}. */
    @Component
    @TypeName(kind = "backbone", name = "MaskFeatViT")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MaskFeatViT(config);
        }
    }
}
