package dev.selfsup.neck.milanpretraindecoder;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.MaskedPlaces;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.FeedForward;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.PromptTransformerEncoderLayer;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Decoder of MILAN (Hou et al. 2022, <a href="https://arxiv.org/abs/2208.06049">arXiv:2208.06049</a>): predicts features of every patch from the tokens of the visible ones, which its
 * layers see but do not change. Inputs: tokens [N, 1 + V, C] of the class and the visible patches, the places of all patches in their order, int64 [N, L], the visible
 * patches, int64 [N, V], and the masked ones, int64 [N, L - V], in that order; output: predictions of class and patches, [N, 1 + L, D].
 */
public final class MILANPretrainDecoder implements Neck {
    /**
     * Options of the decoder.
     *
     * @param numPatches patches of an image, L; a square number
     * @param patchSize accepted and without effect
     * @param inChans accepted and without effect
     * @param embedDim size of the encoder's tokens, C
     * @param decoderEmbedDim size of the decoder's tokens
     * @param decoderDepth number of layers
     * @param decoderNumHeads heads of each attention
     * @param predictFeatureDim size of a prediction, D: that of the target generator's features
     * @param mlpRatio width of a feed-forward network, in sizes of a token
     * @param normCfg normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("196") int numPatches, @Default("16") int patchSize, @Default("3") int inChans, @Default("1024") int embedDim,
            @Default("512") int decoderEmbedDim, @Default("8") int decoderDepth, @Default("16") int decoderNumHeads,
            @Default("512") int predictFeatureDim, @Default("4") double mlpRatio, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg,
            @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(side(numPatches) * side(numPatches) == numPatches, "num_patches must be a square number, not %d", numPatches);
            check(decoderNumHeads > 0 && decoderEmbedDim % decoderNumHeads == 0, "decoder_num_heads %d does not divide decoder_embed_dim %d",
                    decoderNumHeads, decoderEmbedDim);
            check(mlpRatio * decoderEmbedDim >= 1, "mlp_ratio must make at least one feature, not %s", mlpRatio);
        }

        static int side(int patches) {
            return (int) Math.round(Math.sqrt(patches));
        }
    }

    private final Config config;

    private MILANPretrainDecoder(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Decoder decoder = new Decoder(graph);
        return inputs -> graph.call(inputs, in -> {
            check(in.size() == 4, "MILANPretrainDecoder takes tokens, places, visible and masked patches, as MILANViT gives them");
            return List.of(decoder.predictions(in.get(0), in.get(1), in.get(2), in.get(3)));
        });
    }

    /** The decoder with its weights. */
    private final class Decoder {
        private final Graph graph;
        private final int channels = config.decoderEmbedDim();
        private final SDVariable maskToken;
        private final SDVariable positions;
        private final Layer embedding;
        private final List<PromptTransformerEncoderLayer.Prompted> blocks;
        private final Layer prediction;

        Decoder(Graph graph) {
            this.graph = graph;
            this.maskToken = graph.weight("mask_token", LayerType.NONE, Fill.normal(0, 0.02), 1, 1, channels);
            this.positions = graph.frozen().weight("decoder_pos_embed", LayerType.NONE, PositionEmbedding.sines(Config.side(config.numPatches())),
                    1, 1 + config.numPatches(), channels);
            this.embedding = Linear.build(graph.in("decoder_embed"), config.embedDim(), channels, true);
            this.blocks = IntStream.range(0, config.decoderDepth()).mapToObj(this::block).toList();
            Layer norm = config.normCfg().build(graph.in(config.normCfg().abbreviation() + 1), channels);
            this.prediction = norm.then(Linear.build(graph.in("decoder_pred"), channels, config.predictFeatureDim(), true));
        }

        private PromptTransformerEncoderLayer.Prompted block(int i) {
            FeedForward each = new FeedForward(channels, (int) (config.mlpRatio() * channels), 2, at -> at.module(x -> at.apply(new Gelu(), x)), 0);
            return new PromptTransformerEncoderLayer(config.decoderNumHeads(), true, 0, 0, 0, each, config.normCfg())
                    .build(graph.in("decoder_blocks").in(Integer.toString(i)));
        }

        SDVariable predictions(SDVariable tokens, SDVariable places, SDVariable visible, SDVariable masked) {
            long batch = graph.shape(tokens)[0];
            long length = config.numPatches();
            check(graph.shape(places)[1] == length, "num_patches is %d, but images have %d", length, graph.shape(places)[1]);
            SDVariable seen = seen(tokens, visible);                                               // [N, 1 + V, D']
            SDVariable hidden = at(masked).add(maskToken.reshape(1, channels)).reshape(batch, graph.shape(masked)[1], channels);
            for (PromptTransformerEncoderLayer.Prompted block : blocks) {
                hidden = block.apply(hidden, seen);                                                // [N, L - V, D']
            }
            SDVariable all = graph.concat(1, seen, hidden).reshape(batch * (1 + length), channels);
            SDVariable rows = graph.apply(new MaskedPlaces(length), places);                       // [N, 1 + L]
            SDVariable predicted = graph.apply(new GatherRows(), prediction.apply(all), rows);
            return predicted.reshape(batch, 1 + length, config.predictFeatureDim());
        }

        /** Class token and visible patches at their places, [N, 1 + V, D']. */
        private SDVariable seen(SDVariable tokens, SDVariable visible) {
            long[] shape = graph.shape(tokens);
            check(shape[1] == graph.shape(visible)[1] + 1, "there are tokens of %d visible patches, but %d patches are visible", shape[1] - 1, graph.shape(visible)[1]);
            SDVariable embedded = embedding.apply(tokens.reshape(shape[0] * shape[1], shape[2])).reshape(shape[0], shape[1], channels);
            SDVariable patches = graph.apply(new TokenRange(1, shape[1]), embedded).add(at(visible).reshape(shape[0], shape[1] - 1, channels));
            SDVariable first = graph.apply(new AddPositions(), graph.apply(new TokenRange(0, 1), embedded), graph.apply(new TokenRange(0, 1), positions));
            return graph.concat(1, first, patches);
        }

        /** The positions of some patches, [N * K, D']. */
        private SDVariable at(SDVariable patches) {
            SDVariable all = graph.apply(new TokenRange(1, 1 + config.numPatches()), positions);
            return graph.apply(new GatherRows(), all.reshape(config.numPatches(), channels), patches);
        }
    }

    /** {@code MILANPretrainDecoder}. */
    @Component
    @TypeName(kind = "neck", name = "MILANPretrainDecoder")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new MILANPretrainDecoder(config);
        }
    }
}
