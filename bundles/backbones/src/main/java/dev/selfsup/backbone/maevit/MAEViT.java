package dev.selfsup.backbone.maevit;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.RandomMasking;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Encoder of masked autoencoders (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): a vision transformer that
 * sees a random choice of an image's patches. From images [N, 3, H, W] to the tokens [N, 1 + V, C] of the class and the visible
 * patches, the mask [N, L] (1 where a patch is masked) and the places of all patches in the order of the tokens, int64
 * [N, L]. Positions are sines and cosines and not trained.
 */
public final class MAEViT implements Backbone {
    private static final Initialization PROJECTION = weight -> weight.key().equals("patch_embed.projection.weight")
            ? Optional.of(Fill.uniform(Math.sqrt(6.0 / (weight.shape()[0] + Fill.fanIn(weight.shape()))))) : Optional.empty();

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
    private final VisionTransformerTrunk trunk;
    private final int side;

    private MAEViT(Config config) {
        this.config = config;
        this.trunk = config.trunk();
        this.side = (int) trunk.grid()[0];
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(PROJECTION));
        Encoder encoder = new Encoder(graph);
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                return graph.call(List.of(images), in -> encoder.visible(in.get(0)));
            }

            @Override
            public List<SDVariable> features(SDVariable images) {
                return graph.call(List.of(images), in -> List.of(encoder.whole(in.get(0))));
            }
        };
    }

    /** The network with its weights. */
    private final class Encoder {
        private final Graph graph;
        private final SDVariable classToken;
        private final SDVariable positions;
        private final Layer embedding;
        private final Layer layers;
        private final int length = side * side;
        private final long channels = trunk.size().embedDims();

        Encoder(Graph graph) {
            this.graph = graph;
            this.classToken = trunk.classToken(graph, Fill.normal(0, 0.02));                       // [1, 1, C]
            this.positions = trunk.positions(graph.frozen(), PositionEmbedding.sines(side));       // [1, 1 + L, C]
            this.embedding = trunk.embedding(graph);
            this.layers = trunk.all(graph);
        }

        List<SDVariable> visible(SDVariable images) {
            long batch = graph.shape(images)[0];
            int visible = (int) (length * (1 - config.maskRatio()));
            SDVariable noise = graph.draw(Draw.uniform(), batch, length);                          // [N, L]
            List<SDVariable> choice = graph.applyAll(new RandomMasking(visible), noise);
            SDVariable seen = graph.apply(new GatherRows(), patches(images), choice.get(3));        // [N * V, C' P P]
            SDVariable places = positions(1, 1 + length).reshape(length, channels);
            SDVariable tokens = embedding.apply(seen).add(graph.apply(new GatherRows(), places, choice.get(2)));
            return List.of(encode(tokens.reshape(batch, visible, channels)), choice.get(1), choice.get(0));
        }

        /** The patches of whole images, [N, C, H / P, W / P]. */
        SDVariable whole(SDVariable images) {
            long batch = graph.shape(images)[0];
            SDVariable patches = embedding.apply(patches(images)).reshape(batch, length, channels);
            SDVariable encoded = encode(graph.apply(new AddPositions(), patches, positions(1, 1 + length)));     // [N, 1 + L, C]
            return graph.apply(new TokenRange(1, 1 + length), encoded).reshape(batch, side, side, channels).permute(0, 3, 1, 2);
        }

        private SDVariable patches(SDVariable images) {
            long[] shape = graph.shape(images);
            check(shape[2] == shape[3] && shape[2] == config.imgSize().get(0), "MAEViT takes images of img_size %d, not %dx%d",
                    config.imgSize().get(0), shape[2], shape[3]);
            return trunk.patches().channelsFirst(graph, images);                                   // [N * L, C' P P]
        }

        /** Some of the positions, [1, to - from, C]. */
        private SDVariable positions(int from, int to) {
            return graph.apply(new TokenRange(from, to), positions);
        }

        private SDVariable encode(SDVariable patches) {
            SDVariable first = classToken.add(positions(0, 1));                                    // [1, 1, C]
            return layers.apply(graph.apply(new PrependToken(), patches, first));                  // [N, 1 + V, C]
        }
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
