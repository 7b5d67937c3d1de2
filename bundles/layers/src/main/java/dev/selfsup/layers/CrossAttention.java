package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Softmax;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Multi-head scaled dot-product attention (Vaswani et al. 2017) of some tokens to others, without weights.
 *
 * @param heads number of heads; must divide the channels
 * @param scale factor on the products of queries and keys
 * @param dropRate probability of setting an attention weight to zero in training
 */
public record CrossAttention(int heads, double scale, double dropRate) {
    /** Attention whose scale is one over the root of a head's channels. */
    public static CrossAttention of(int channels, int heads, double dropRate) {
        check(heads > 0 && channels % heads == 0, "the number of heads, %d, must divide the %d channels of the tokens", heads, channels);
        return new CrossAttention(heads, Math.pow((double) channels / heads, -0.5), dropRate);
    }

    /**
     * What queries find.
     *
     * @param batch sequences, B
     * @param queries [B * M, C]
     * @param keys [B * K, C]
     * @param values [B * K, C]
     * @return [B * M, C]
     */
    public SDVariable of(Graph graph, long batch, SDVariable queries, SDVariable keys, SDVariable values) {
        long[] shape = graph.shape(queries);
        long length = shape[0] / batch;
        SDVariable products = graph.matmul(split(graph, batch, queries).mul(scale), split(graph, batch, keys), false, true);       // [B, H, M, K]
        long[] square = graph.shape(products);
        SDVariable weights = graph.apply(new Softmax(), products.reshape(batch * heads * length, square[3])).reshape(square);
        SDVariable mixed = graph.matmul(Dropout.build(graph, dropRate).apply(weights), split(graph, batch, values), false, false);   // [B, H, M, D]
        return mixed.permute(0, 2, 1, 3).reshape(shape);
    }

    /** Rows by heads, [B, H, N, D]. */
    private SDVariable split(Graph graph, long batch, SDVariable rows) {
        long[] shape = graph.shape(rows);
        return rows.reshape(batch, shape[0] / batch, heads, shape[1] / heads).permute(0, 2, 1, 3);
    }
}
