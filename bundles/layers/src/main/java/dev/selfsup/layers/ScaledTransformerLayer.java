package dev.selfsup.layers;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A transformer layer as CAE has it (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>), tokens [B, N, C] to [B, N, C]: as {@link TransformerEncoderLayer}, with factors {@code gamma_1} and {@code gamma_2} on its two
 * branches. Where the attention has no {@code qkv} bias, queries and values have one of their own.
 *
 * @param attention mixes tokens
 * @param feedForward works on each token
 * @param norm normalisation of tokens
 * @param dropPathRate probability of dropping a branch of a sample in training
 * @param initValues what the factors are at first; 0 for none
 */
public record ScaledTransformerLayer(MultiheadAttention attention, FeedForward feedForward, Norm norm, double dropPathRate, double initValues) {
    /** Makes the weights. */
    public Layer build(Graph graph) {
        int channels = attention.channels();
        Graph place = graph.in("attn");
        Layer packed = attention.qkvBias() ? Linear.build(place.in("qkv"), channels, 3 * channels, true) : QueryValueBias.build(place, channels);
        Layer mixed = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 1), channels))
                .then(attention.build(place, packed, scale(graph, 1))).then(DropPath.build(graph, dropPathRate));
        Layer each = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 2), channels).then(feedForward.build(graph.in("ffn"), scale(graph, 2))))
                .then(DropPath.build(graph, dropPathRate));
        return graph.module(tokens -> {
            SDVariable attended = tokens.add(mixed.apply(tokens));                                 // [B, N, C]
            return attended.add(each.apply(attended));
        });
    }

    private Optional<SDVariable> scale(Graph graph, int number) {
        return initValues > 0 ? Optional.of(graph.weight("gamma_" + number, LayerType.NONE, Fill.constant(initValues), attention.channels())) : Optional.empty();
    }
}
