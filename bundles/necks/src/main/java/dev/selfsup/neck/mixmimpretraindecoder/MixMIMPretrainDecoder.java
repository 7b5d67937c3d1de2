package dev.selfsup.neck.mixmimpretraindecoder;

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
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.PositionEmbedding;
import dev.selfsup.layers.TransformerEncoderLayer;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Decoder of MixMIM (Liu et al. 2022, <a href="https://arxiv.org/abs/2205.13137">arXiv:2205.13137</a>): predicts both images of a mix. Each gets its own tokens and mask tokens in the places of the
 * other's. Inputs: tokens of mixed images [N, L, C] and the mask [1, L, 1], 1 where a token belongs to the other image; output: predictions [2 N, L, S * S * 3], first
 * those of the images whose tokens are where the mask is 0.
 */
public final class MixMIMPretrainDecoder implements Neck {
    private static final int COLOURS = 3;

    /**
     * Options of the decoder.
     *
     * @param numPatches tokens of an image, L; a square number
     * @param patchSize accepted and without effect: encoder_stride says what a token stands for
     * @param inChans accepted and without effect: predictions have three colours
     * @param embedDim channels of the encoder's tokens, C
     * @param encoderStride rows and columns of pixels that a token stands for, S
     * @param decoderEmbedDim channels of the decoder's tokens
     * @param decoderDepth number of layers
     * @param decoderNumHeads heads of each attention
     * @param mlpRatio width of a feed-forward network, in channels of a token
     * @param normCfg normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("196") int numPatches, @Default("16") int patchSize, @Default("3") int inChans, @Default("1024") int embedDim,
            @Default("32") int encoderStride, @Default("512") int decoderEmbedDim, @Default("8") int decoderDepth, @Default("16") int decoderNumHeads,
            @Default("4") double mlpRatio, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(side(numPatches) * side(numPatches) == numPatches, "num_patches must be a square number, not %d", numPatches);
            check(decoderNumHeads > 0 && decoderEmbedDim % decoderNumHeads == 0, "decoder_num_heads %d does not divide decoder_embed_dim %d",
                    decoderNumHeads, decoderEmbedDim);
            check(encoderStride > 0, "encoder_stride must be positive, not %d", encoderStride);
            check(mlpRatio * decoderEmbedDim >= 1, "mlp_ratio must make at least one feature, not %s", mlpRatio);
        }

        static int side(int patches) {
            return (int) Math.round(Math.sqrt(patches));
        }
    }

    private final Config config;

    private MixMIMPretrainDecoder(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        int channels = config.decoderEmbedDim();
        SDVariable maskToken = graph.weight("mask_token", LayerType.NONE, Fill.normal(0, 0.02), 1, 1, channels);
        SDVariable positions = graph.frozen().weight("decoder_pos_embed", LayerType.NONE, PositionEmbedding.sines(Config.side(config.numPatches())),
                1, config.numPatches(), channels);
        Layer embedding = TransformerEncoderLayer.rows(graph, Linear.build(graph.in("decoder_embed"), config.embedDim(), channels, true));
        Layer blocks = TransformerEncoderLayer.of(channels, config.decoderNumHeads(), (int) (config.mlpRatio() * channels), config.normCfg())
                .stack(graph.in("decoder_blocks"), config.decoderDepth());
        Layer norm = config.normCfg().build(graph.in(config.normCfg().abbreviation() + 1), channels);
        int pixels = config.encoderStride() * config.encoderStride() * COLOURS;
        Layer prediction = TransformerEncoderLayer.rows(graph, norm.then(Linear.build(graph.in("decoder_pred"), channels, pixels, true)));
        return inputs -> graph.call(inputs, in -> {
            long[] shape = graph.shape(in.get(0));
            check(shape[1] == config.numPatches(), "num_patches is %d, but images have %d tokens", config.numPatches(), shape[1]);
            SDVariable both = unmixed(graph, embedding.apply(in.get(0)), in.get(1), maskToken);    // [2 N, L, C]
            return List.of(prediction.apply(blocks.apply(graph.apply(new AddPositions(), both, positions))));
        });
    }

    /** The tokens of the one image, then those of the other, each with mask tokens in the places that it has not. */
    private static SDVariable unmixed(Graph graph, SDVariable tokens, SDVariable mask, SDVariable maskToken) {
        SDVariable seen = mask.rsub(1);                                                            // [1, L, 1]
        SDVariable first = tokens.mul(seen).add(maskToken.mul(mask));
        SDVariable second = tokens.mul(mask).add(maskToken.mul(seen));
        return graph.concat(0, first, second);
    }

    /** {@code MixMIMPretrainDecoder}. */
    @Component
    @TypeName(kind = "neck", name = "MixMIMPretrainDecoder")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new MixMIMPretrainDecoder(config);
        }
    }
}
