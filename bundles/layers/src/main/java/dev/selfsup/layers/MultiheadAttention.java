package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Multi-head self-attention (Vaswani et al. 2017) of tokens, [B, N, C] to [B, N, C]: queries, keys and values by one linear
 * layer {@code qkv}, the result through another, {@code proj}.
 *
 * @param channels C
 * @param heads number of heads; must divide the channels
 * @param qkvBias whether {@code qkv} has a bias
 * @param attentionDropRate probability of setting an attention weight to zero in training
 * @param dropRate probability of setting an element of the result to zero in training
 */
public record MultiheadAttention(int channels, int heads, boolean qkvBias, double attentionDropRate, double dropRate) {
    public MultiheadAttention {
        check(heads > 0 && channels % heads == 0, "the number of heads, %d, must divide the %d channels of the tokens", heads, channels);
    }

    /** Makes the weights. */
    public Layer build(Graph graph) {
        return build(graph, Linear.build(graph.in("qkv"), channels, 3 * channels, qkvBias), Optional.empty());
    }

    /**
     * Makes the weights behind the attention.
     *
     * @param packed makes queries, keys and values [R, 3 C] of rows [R, C]
     * @param scale factor on each channel of the result, [C]; empty for none
     */
    Layer build(Graph graph, Layer packed, Optional<SDVariable> scale) {
        DotProductAttention attention = new DotProductAttention(heads, Math.pow((double) channels / heads, -0.5), attentionDropRate);
        Layer projection = Linear.build(graph.in("proj"), channels, channels, true, scale).then(Dropout.build(graph, dropRate));
        return graph.module(tokens -> {
            long[] shape = graph.shape(tokens);                                                    // [B, N, C]
            SDVariable qkv = packed.apply(tokens.reshape(shape[0] * shape[1], channels));           // [B * N, 3 C]
            return projection.apply(attention.apply(graph, qkv, shape[1], Optional.empty())).reshape(shape);
        });
    }
}
