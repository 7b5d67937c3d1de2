package dev.selfsup.neck.caeneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.layers.CAETransformerRegressorLayer;
import dev.selfsup.layers.CrossAttention;
import dev.selfsup.layers.FeedForward;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.MultiheadAttention;
import dev.selfsup.layers.ScaledTransformerLayer;
import dev.selfsup.layers.TransformerEncoderLayer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Regressor and decoder of CAE (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>): from what the encoder says of the patches that it sees to what it would
 * say of those that are hidden, and from that to visual words. Inputs: tokens of the patches that are seen [N, V, C], positions of the hidden ones [N, M, C] and of those that are seen
 * [N, V, C]; outputs: scores of visual words [N, M, K] and predicted features [N, M, C].
 */
public final class CAENeck implements Neck {
    private static final Fill DEVIATION = Fill.truncatedNormal(0, 0.02, -2, 2);
    private static final Initialization FIRST = weight -> !weight.layer().equals(LayerType.LINEAR) ? Optional.empty()
            : Optional.of(weight.name().equals("bias") ? Fill.ZEROS : weight.key().equals("head.weight") ? DEVIATION
                    : Fill.uniform(Math.sqrt(6.0 / (Fill.fanIn(weight.shape()) + Fill.fanOut(weight.shape())))));

    /**
     * Options of the neck.
     *
     * @param patchSize accepted and without effect
     * @param numClasses visual words, K; 0 for no classifier
     * @param embedDims size of a token, C
     * @param regressorDepth layers of the regressor
     * @param decoderDepth layers of the decoder
     * @param numHeads heads of each attention
     * @param mlpRatio width of a feed-forward network, in sizes of a token
     * @param qkvBias in the regressor, whether queries and values have a bias; in the decoder, whether queries, keys and values have one common bias rather than one each for
     *     queries and values
     * @param qkScale factor on the products of queries and keys in the regressor, if not one over the root of a head's channels
     * @param dropRate probability of setting an element to zero in training
     * @param attnDropRate probability of setting an attention weight to zero in training
     * @param dropPathRate probability of dropping a branch in the last layers; it rises evenly from 0 in the first
     * @param normCfg normalisation
     * @param initValues first value of the factors on the branches; none, or 0, for no factors
     * @param maskTokensNum patches of each image that are hidden, M
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("16") int patchSize, @Default("8192") int numClasses, @Default("768") int embedDims, @Default("6") int regressorDepth,
            @Default("8") int decoderDepth, @Default("12") int numHeads, @Default("4") int mlpRatio, @Default("true") boolean qkvBias, Optional<Double> qkScale,
            @Default("0.0") double dropRate, @Default("0.0") double attnDropRate, @Default("0.0") double dropPathRate, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg,
            Optional<Double> initValues, @Default("75") int maskTokensNum, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(numHeads > 0 && embedDims % numHeads == 0, "num_heads %d does not divide embed_dims %d", numHeads, embedDims);
            check(mlpRatio > 0, "mlp_ratio must be positive, not %d", mlpRatio);
            check(maskTokensNum > 0, "mask_tokens_num must be positive, not %d", maskTokensNum);
            check(initValues.orElse(0.0) >= 0, "init_values must be at least 0, not %s", initValues.orElse(0.0));
        }
    }

    private final Config config;

    private CAENeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(FIRST));
        int channels = config.embedDims();
        SDVariable maskToken = graph.weight("mask_token", LayerType.NONE, DEVIATION, 1, 1, channels);
        List<CAETransformerRegressorLayer.Regressor> regressors = IntStream.range(0, config.regressorDepth()).mapToObj(i -> regressor(graph, i)).toList();
        Layer decoder = IntStream.range(0, config.decoderDepth()).mapToObj(i -> decoder(graph, i)).reduce(Layer.IDENTITY, Layer::then);
        Layer ofRegressor = TransformerEncoderLayer.rows(graph, config.normCfg().build(graph.in("norm_regressor"), channels));
        Layer ofDecoder = TransformerEncoderLayer.rows(graph, config.normCfg().build(graph.in("norm_decoder"), channels));
        Layer head = config.numClasses() > 0 ? TransformerEncoderLayer.rows(graph, Linear.build(graph.in("head"), channels, config.numClasses(), true)) : Layer.IDENTITY;
        return inputs -> graph.call(inputs, in -> {
            SDVariable positions = in.get(1);                                                      // [N, M, C]
            long[] hidden = graph.shape(positions);
            check(hidden[1] == config.maskTokensNum(), "mask_tokens_num is %d, but the mask hides %d patches of each image: it must be num_masking_patches of the mask generator"
                    + " in the pipeline", config.maskTokensNum(), hidden[1]);
            SDVariable all = graph.concat(1, in.get(2), positions);                                // [N, L, C]
            SDVariable queries = maskToken.getSameDiff().tile(maskToken, (int) hidden[0], (int) hidden[1], 1);      // [N, M, C]
            for (CAETransformerRegressorLayer.Regressor regressor : regressors) {
                queries = regressor.apply(queries, graph.concat(1, in.get(0), queries), positions, all);
            }
            SDVariable latent = ofRegressor.apply(queries);
            return List.of(head.apply(ofDecoder.apply(decoder.apply(latent.add(positions)))), latent);
        });
    }

    private CAETransformerRegressorLayer.Regressor regressor(Graph graph, int i) {
        CrossAttention usual = CrossAttention.of(config.embedDims(), config.numHeads(), config.attnDropRate());
        CrossAttention attention = new CrossAttention(usual.heads(), config.qkScale().filter(scale -> scale != 0).orElse(usual.scale()), usual.dropRate());
        return new CAETransformerRegressorLayer(attention, config.qkvBias(), config.dropRate(), path(i, config.regressorDepth()), config.initValues().orElse(0.0),
                feedForward(), config.normCfg()).build(graph.in("regressors").in(Integer.toString(i)));
    }

    private Layer decoder(Graph graph, int i) {
        MultiheadAttention attention = new MultiheadAttention(config.embedDims(), config.numHeads(), config.qkvBias(), config.attnDropRate(), config.dropRate());
        return new ScaledTransformerLayer(attention, feedForward(), config.normCfg(), path(i, config.decoderDepth()), config.initValues().orElse(0.0))
                .build(graph.in("decoders").in(Integer.toString(i)));
    }

    private FeedForward feedForward() {
        return new FeedForward(config.embedDims(), config.mlpRatio() * config.embedDims(), 2, at -> at.module(x -> at.apply(new Gelu(), x)), config.dropRate());
    }

    private double path(int i, int depth) {
        return depth == 1 ? 0 : config.dropPathRate() * i / (depth - 1);
    }

    /** {@code CAENeck}. */
    @Component
    @TypeName(kind = "neck", name = "CAENeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new CAENeck(config);
        }
    }
}
