package dev.selfsup.neck.maepretraindecoder;

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
import dev.selfsup.engine.op.MaskedPlaces;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TransformerEncoderLayer;
import java.util.List;
import java.util.OptionalInt;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Decoder of masked autoencoders (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): puts visible patches back in
 * their places, mask tokens in the others, and predicts every patch. Inputs: tokens [N, 1 + V, C] of the class and the
 * visible patches, and the places of all patches in their order, int64 [N, L]; output: predictions [N, L, P * P * channels].
 */
public final class MAEPretrainDecoder implements Neck {
    /**
     * Options of the decoder.
     *
     * @param numPatches patches of an image, L; a square number
     * @param patchSize height and width of a patch, P
     * @param inChans channels of an image
     * @param embedDim size of the encoder's tokens, C
     * @param decoderEmbedDim size of the decoder's tokens
     * @param decoderDepth number of layers
     * @param decoderNumHeads heads of each attention
     * @param mlpRatio width of a feed-forward network, in sizes of a token
     * @param normCfg normalisation
     * @param predictFeatureDim size of a prediction, if not that of a patch
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("196") int numPatches, @Default("16") int patchSize, @Default("3") int inChans, @Default("1024") int embedDim,
            @Default("512") int decoderEmbedDim, @Default("8") int decoderDepth, @Default("16") int decoderNumHeads, @Default("4") double mlpRatio,
            @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, OptionalInt predictFeatureDim, @Default("[]") List<Initializer> initCfg) {
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

    private MAEPretrainDecoder(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        int channels = config.decoderEmbedDim();
        SDVariable maskToken = graph.weight("mask_token", LayerType.NONE, Fill.normal(0, 0.02), 1, 1, channels);
        SDVariable positions = graph.frozen().weight("decoder_pos_embed", LayerType.NONE, PositionEmbedding.sines(Config.side(config.numPatches())),
                1, 1 + config.numPatches(), channels);
        Layer embedding = Linear.build(graph.in("decoder_embed"), config.embedDim(), channels, true);
        Layer blocks = TransformerEncoderLayer.of(channels, config.decoderNumHeads(), (int) (config.mlpRatio() * channels), config.normCfg())
                .stack(graph.in("decoder_blocks"), config.decoderDepth());
        Layer norm = TransformerEncoderLayer.rows(graph, config.normCfg().build(graph.in(config.normCfg().abbreviation() + 1), channels));
        int predicted = config.predictFeatureDim().orElse(config.patchSize() * config.patchSize() * config.inChans());
        Layer prediction = TransformerEncoderLayer.rows(graph, Linear.build(graph.in("decoder_pred"), channels, predicted, true));
        return inputs -> graph.call(inputs, in -> {
            SDVariable tokens = restored(graph, embedding, maskToken, in.get(0), in.get(1));       // [N, 1 + L, C]
            SDVariable whole = graph.apply(new AddPositions(), tokens, positions);
            SDVariable decoded = prediction.apply(norm.apply(blocks.apply(whole)));                // [N, 1 + L, D]
            return List.of(graph.apply(new TokenRange(1, 1 + config.numPatches()), decoded));
        });
    }

    /** Tokens of all patches in their places, [N, 1 + L, C]. */
    private SDVariable restored(Graph graph, Layer embedding, SDVariable maskToken, SDVariable tokens, SDVariable places) {
        long[] shape = graph.shape(tokens);
        int channels = config.decoderEmbedDim();
        check(graph.shape(places)[1] == config.numPatches(), "num_patches is %d, but images have %d", config.numPatches(), graph.shape(places)[1]);
        SDVariable visible = embedding.apply(tokens.reshape(shape[0] * shape[1], shape[2]));       // [N * (1 + V), C]
        SDVariable table = graph.concat(0, visible, maskToken.reshape(1, channels));
        SDVariable rows = graph.apply(new MaskedPlaces(shape[1] - 1), places);                     // [N, 1 + L]
        return graph.apply(new GatherRows(), table, rows).reshape(shape[0], 1 + config.numPatches(), channels);
    }

    /** {@code MAEPretrainDecoder}. */
    @Component
    @TypeName(kind = "neck", name = "MAEPretrainDecoder")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new MAEPretrainDecoder(config);
        }
    }
}
