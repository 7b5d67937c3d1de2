package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.GatherRows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Multi-head self-attention within windows (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>): a learnt number is added to the score of two tokens
 * for how they lie to each other. Weights {@code qkv}, {@code proj} and {@code relative_position_bias_table} [(2 M - 1)^2, H]; buffer
 * {@code relative_position_index}, int64 [N, N], the row of the table for each pair of the N = M * M tokens of a window.
 *
 * @param channels C
 * @param heads number of heads, H; must divide the channels
 * @param window rows and columns of a window, M
 * @param qkvBias whether {@code qkv} has a bias
 * @param scale factor on the products of queries and keys, if not one over the root of a head's width
 * @param attentionDropRate probability of setting an attention weight to zero in training
 * @param dropRate probability of setting an element of the result to zero in training
 */
public record WindowAttention(int channels, int heads, int window, boolean qkvBias, OptionalDouble scale, double attentionDropRate, double dropRate) {
    private static final Fill FIRST = Fill.truncatedNormal(0, 0.02, -2, 2);

    public WindowAttention {
        check(heads > 0 && channels % heads == 0, "num_heads %d must divide the %d channels of the tokens", heads, channels);
        check(window > 0, "window_size must be positive, not %d", window);
    }

    /** Attention with its weights. */
    @FunctionalInterface
    public interface Mixing {
        /**
         * Mixes the tokens of each window.
         *
         * @param windows tokens window by window, [B * G * N, C]
         * @param mask added to all heads' scores, [G, 1, N, N]
         * @return [B * G * N, C]
         */
        SDVariable apply(SDVariable windows, Optional<SDVariable> mask);
    }

    /** Makes the weights. */
    public Mixing build(Graph graph) {
        int length = window * window;
        SDVariable table = graph.weight("relative_position_bias_table", LayerType.NONE, FIRST, (2L * window - 1) * (2L * window - 1), heads);
        SDVariable index = graph.buffer("relative_position_index", DataType.INT64, this::index, length, length);
        Layer packed = Linear.build(graph.in("qkv"), channels, 3 * channels, qkvBias);
        DotProductAttention attention = new DotProductAttention(heads, scale.orElse(Math.pow((double) channels / heads, -0.5)), attentionDropRate);
        Layer projection = Linear.build(graph.in("proj"), channels, channels, true).then(Dropout.build(graph, dropRate));
        return (windows, mask) -> graph.call(List.of(windows), in -> {
            SDVariable each = graph.apply(new GatherRows(), table, index);                         // [N * N, H]
            SDVariable byPlace = each.reshape(length, length, heads).permute(2, 0, 1);              // [H, N, N]
            SDVariable bias = mask.map(m -> byPlace.reshape(1, heads, length, length).add(m)).orElse(byPlace);
            return List.of(projection.apply(attention.apply(graph, packed.apply(in.get(0)), length, Optional.of(bias))));
        }).get(0);
    }

    /** Rows of the table by pairs of tokens: how far the first lies below and right of the second. */
    private void index(float[] values, long[] shape, java.util.random.RandomGenerator random) {
        int length = (int) shape[0];
        int side = 2 * window - 1;
        for (int i = 0; i < values.length; i++) {
            int from = i / length;
            int to = i % length;
            int down = from / window - to / window + window - 1;
            int right = from % window - to % window + window - 1;
            values[i] = down * side + right;
        }
    }
}
