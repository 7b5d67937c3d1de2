package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Attention;
import dev.selfsup.engine.op.Softmax;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * What attention makes of queries, keys and values that lie side by side: packed [B * N, 3 C] to [B * N, C].
 *
 * @param heads number of heads, H
 * @param scale factor on the products of queries and keys
 * @param dropRate probability of setting an attention weight to zero in training
 */
public record DotProductAttention(int heads, double scale, double dropRate) {
    /**
     * Mixes the values.
     *
     * @param packed queries, keys and values
     * @param length tokens of a sequence, N
     * @param bias added to the scores, [H, N, N], or [G, H, N, N] where sequences of G biases follow each other
     */
    public SDVariable apply(Graph graph, SDVariable packed, long length, Optional<SDVariable> bias) {
        if (dropRate > 0 && graph.training()) {
            return dropped(graph, packed, length, bias);
        }
        Attention attention = new Attention(heads, (int) length, scale);
        return (bias.isPresent() ? graph.applyAll(attention, packed, bias.get()) : graph.applyAll(attention, packed)).get(0);
    }

    /** The same step by step, so that attention weights can be dropped in between. */
    private SDVariable dropped(Graph graph, SDVariable packed, long length, Optional<SDVariable> bias) {
        long[] shape = graph.shape(packed);
        long batch = shape[0] / length;
        long channels = shape[1] / 3;
        SDVariable split = packed.reshape(batch, length, 3, heads, channels / heads).permute(2, 0, 3, 1, 4);   // [3, B, H, N, D]
        SDVariable[] parts = packed.getSameDiff().unstack(split, 0, 3);
        SDVariable scores = graph.matmul(parts[0].mul(scale), parts[1], false, true);              // [B, H, N, N]
        SDVariable biased = bias.map(b -> biased(graph, scores, b)).orElse(scores);
        SDVariable weights = graph.apply(new Softmax(), biased.reshape(batch * heads * length, length)).reshape(batch, heads, length, length);
        SDVariable mixed = graph.matmul(Dropout.build(graph, dropRate).apply(weights), parts[2], false, false);
        return mixed.permute(0, 2, 1, 3).reshape(batch * length, channels);
    }

    private SDVariable biased(Graph graph, SDVariable scores, SDVariable bias) {
        long[] shape = graph.shape(scores);
        long groups = graph.shape(bias).length == 4 ? graph.shape(bias)[0] : 1;
        SDVariable rounds = scores.reshape(shape[0] / groups, groups * heads, shape[2], shape[3]);
        return rounds.add(bias.reshape(1, groups * heads, shape[2], shape[3]));
    }
}
