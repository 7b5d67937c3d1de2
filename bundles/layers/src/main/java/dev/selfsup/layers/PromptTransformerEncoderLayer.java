package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A transformer layer that changes masked tokens only (Hou et al. 2022, <a href="https://arxiv.org/abs/2208.06049">arXiv:2208.06049</a>): they ask themselves and the visible
 * tokens, which stay as the encoder gave them, as a prompt. Weights {@code ln1}, {@code attn.q}, {@code attn.kv}, {@code attn.proj}, {@code ln2}, {@code ffn}.
 *
 * @param heads heads of the attention
 * @param qkvBias whether queries, keys and values have a bias
 * @param attentionDropRate probability of setting an attention weight to zero in training
 * @param dropRate probability of setting an element of the attention's result to zero in training
 * @param dropPathRate probability of dropping the attention of a sample in training
 * @param feedForward works on each masked token
 * @param norm normalisation of masked tokens
 */
public record PromptTransformerEncoderLayer(int heads, boolean qkvBias, double attentionDropRate, double dropRate, double dropPathRate, FeedForward feedForward,
        Norm norm) {
    public PromptTransformerEncoderLayer {
        check(heads > 0 && feedForward.channels() % heads == 0, "the number of heads, %d, must divide the %d channels of the tokens", heads, feedForward.channels());
    }

    /** Such a layer with its weights. */
    @FunctionalInterface
    public interface Prompted {
        /**
         * Changes the masked tokens.
         *
         * @param masked [B, M, C]
         * @param visible tokens of class and visible patches, [B, 1 + V, C]
         * @return [B, M, C]
         */
        SDVariable apply(SDVariable masked, SDVariable visible);
    }

    /** Makes the weights. */
    public Prompted build(Graph graph) {
        int channels = feedForward.channels();
        Layer before = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 1), channels));
        Prompted attention = attention(graph.in("attn"), channels);
        Layer path = DropPath.build(graph, dropPathRate);
        Layer each = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 2), channels).then(feedForward.build(graph.in("ffn"))))
                .then(path);
        return (masked, visible) -> graph.call(List.of(masked, visible), in -> {
            SDVariable attended = in.get(0).add(path.apply(attention.apply(before.apply(in.get(0)), in.get(1))));      // [B, M, C]
            return List.of(attended.add(each.apply(attended)));
        }).get(0);
    }

    private Prompted attention(Graph graph, int channels) {
        CrossAttention attention = CrossAttention.of(channels, heads, attentionDropRate);
        Layer projection = Linear.build(graph.in("proj"), channels, channels, true).then(Dropout.build(graph, dropRate));
        Layer query = Linear.build(graph.in("q"), channels, channels, qkvBias);
        Layer packed = Linear.build(graph.in("kv"), channels, 2 * channels, qkvBias);
        return (masked, visible) -> {
            long[] shape = graph.shape(masked);
            SDVariable all = graph.concat(1, visible, masked);                                     // [B, K, C]
            long rows = shape[0] * graph.shape(all)[1];
            SDVariable pairs = packed.apply(all.reshape(rows, channels)).reshape(rows, 2, channels);
            SDVariable[] parts = pairs.getSameDiff().unstack(pairs, 1, 2);                          // [B * K, C]
            SDVariable found = attention.of(graph, shape[0], query.apply(masked.reshape(shape[0] * shape[1], channels)), parts[0], parts[1]);
            return projection.apply(found).reshape(shape);
        };
    }
}
