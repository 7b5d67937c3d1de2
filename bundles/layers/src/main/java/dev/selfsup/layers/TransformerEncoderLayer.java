package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Gelu;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * One layer of a vision transformer (Dosovitskiy et al. 2021, <a href="https://arxiv.org/abs/2010.11929">arXiv:2010.11929</a>), tokens [B, N, C] to
 * [B, N, C]: normalisation {@code ln1}, attention {@code attn}, normalisation {@code ln2}, feed-forward network {@code ffn}, each pair beside a
 * residual connection.
 *
 * @param attention mixes tokens
 * @param feedForward works on each token
 * @param norm normalisation of tokens
 * @param dropPathRate probability of dropping a branch of a sample in training
 */
public record TransformerEncoderLayer(MultiheadAttention attention, FeedForward feedForward, Norm norm, double dropPathRate) {
    public TransformerEncoderLayer {
        check(attention.channels() == feedForward.channels(), "attention and feed-forward network must work on tokens of one size, not %d and %d",
                attention.channels(), feedForward.channels());
    }

    /** A layer with GELU and without dropout, as decoders have it. */
    public static TransformerEncoderLayer of(int channels, int heads, int hidden, Norm norm) {
        FeedForward each = new FeedForward(channels, hidden, 2, at -> at.module(x -> at.apply(new Gelu(), x)), 0);
        return new TransformerEncoderLayer(new MultiheadAttention(channels, heads, true, 0, 0), each, norm, 0);
    }

    /** Makes the weights of such layers one after the other, at the places {@code 0}, {@code 1}, ... */
    public Layer stack(Graph graph, int depth) {
        Layer stack = Layer.IDENTITY;
        for (int i = 0; i < depth; i++) {
            stack = stack.then(build(graph.in(Integer.toString(i))));
        }
        return stack;
    }

    /** Makes the weights. */
    public Layer build(Graph graph) {
        int channels = attention.channels();
        Layer mixed = rows(graph, norm.build(graph.in(norm.abbreviation() + 1), channels)).then(attention.build(graph.in("attn")))
                .then(DropPath.build(graph, dropPathRate));
        Layer each = rows(graph, norm.build(graph.in(norm.abbreviation() + 2), channels).then(feedForward.build(graph.in("ffn"))))
                .then(DropPath.build(graph, dropPathRate));
        return graph.module(tokens -> {
            SDVariable attended = tokens.add(mixed.apply(tokens));                                 // [B, N, C]
            return attended.add(each.apply(attended));
        });
    }

    /** A layer on rows [B * N, C], applied to tokens [B, N, C]: both are the same memory. */
    public static Layer rows(Graph graph, Layer layer) {
        return tokens -> {
            long[] shape = graph.shape(tokens);
            SDVariable result = layer.apply(tokens.reshape(shape[0] * shape[1], shape[2]));
            return result.reshape(shape[0], shape[1], graph.shape(result)[1]);
        };
    }
}
