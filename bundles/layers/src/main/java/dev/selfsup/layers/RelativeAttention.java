package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Attention;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The self-attention of BEiT (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>), tokens [B, N, C] to [B, N, C]: scores have a bias by how
 * tokens lie to each other, one of its own or one that layers share. Weights {@code qkv}, {@code proj}, with {@link QkvBias#QV} {@code q_bias} [C] and {@code v_bias} [C], for
 * keys need none, and those of {@link RelativePositionBias} where it has its own.
 *
 * @param channels C
 * @param heads number of heads; must divide the channels
 * @param bias which of queries, keys and values have a bias
 * @param own its own bias of scores; empty for none
 */
public record RelativeAttention(int channels, int heads, QkvBias bias, Optional<RelativePositionBias> own) {
    private static final Fill TABLE = Fill.truncatedNormal(0, 0.02, -2, 2);

    /** Which of queries, keys and values have a bias. */
    public enum QkvBias {
        /** Queries and values. */
        QV,
        /** All. */
        ALL,
        /** None. */
        NONE;

        /** What a config says: {@code qv_bias}, true or false. */
        public static QkvBias of(Object value) {
            check("qv_bias".equals(value) || value instanceof Boolean, "bias must be qv_bias, true or false, not %s", value);
            return value instanceof Boolean all ? all ? ALL : NONE : QV;
        }
    }

    public RelativeAttention {
        check(heads > 0 && channels % heads == 0, "the number of heads, %d, must divide the %d channels of the tokens", heads, channels);
    }

    /**
     * Makes the weights.
     *
     * @param graph the module's place
     * @param shared a bias of scores that layers share, [H, N, N]; empty for none
     * @param scale factor on each channel of the result, [C]; empty for none
     */
    public Layer build(Graph graph, Optional<SDVariable> shared, Optional<SDVariable> scale) {
        Layer packed = packed(graph);
        Optional<SDVariable> ofScores = Stream.concat(own.map(o -> o.build(graph, TABLE)).stream(), shared.stream()).reduce(SDVariable::add);   // [H, N, N]
        Layer projection = Linear.build(graph.in("proj"), channels, channels, true, scale);
        return graph.module(tokens -> {
            long[] shape = graph.shape(tokens);                                                    // [B, N, C]
            SDVariable qkv = packed.apply(tokens.reshape(shape[0] * shape[1], channels));          // [B * N, 3 C]
            return projection.apply(mixed(graph, qkv, ofScores, (int) shape[1])).reshape(shape);
        });
    }

    private Layer packed(Graph graph) {
        return bias == QkvBias.QV ? QueryValueBias.build(graph, channels) : Linear.build(graph.in("qkv"), channels, 3 * channels, bias == QkvBias.ALL);
    }

    private SDVariable mixed(Graph graph, SDVariable qkv, Optional<SDVariable> ofScores, int length) {
        Attention attention = new Attention(heads, length, Math.pow((double) channels / heads, -0.5));
        return ofScores.map(b -> graph.applyAll(attention, qkv, fitting(graph, b, length))).orElseGet(() -> graph.applyAll(attention, qkv)).get(0);   // [B * N, C]
    }

    private static SDVariable fitting(Graph graph, SDVariable bias, int length) {
        check(graph.shape(bias)[1] == length, "the relative position bias is for %d tokens, the images have %d: set img_size to their size", graph.shape(bias)[1], length);
        return bias;
    }
}
