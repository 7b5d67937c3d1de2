package dev.selfsup.layers;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A transformer layer as BEiT and CAE have it, tokens [B, N, C] to [B, N, C]: as {@link TransformerEncoderLayer}, with factors {@code gamma_1} and {@code gamma_2} on its two
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
        Layer first = scale(graph, 1);
        Layer second = scale(graph, 2);
        Layer mixed = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 1), channels))
                .then(attention.qkvBias() ? attention.build(place) : attention.build(place, QueryValueBias.build(place, channels)))
                .then(first).then(DropPath.build(graph, dropPathRate));
        Layer each = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 2), channels).then(feedForward.build(graph.in("ffn"))))
                .then(second).then(DropPath.build(graph, dropPathRate));
        return graph.module(tokens -> {
            SDVariable attended = tokens.add(mixed.apply(tokens));                                 // [B, N, C]
            return attended.add(each.apply(attended));
        });
    }

    private Layer scale(Graph graph, int number) {
        return initValues > 0 ? LayerScale.build(graph, "gamma_" + number, attention.channels(), initValues) : Layer.IDENTITY;
    }
}
