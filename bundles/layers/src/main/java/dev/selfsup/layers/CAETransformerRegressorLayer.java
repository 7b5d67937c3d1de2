package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A layer that predicts what an encoder would say of hidden patches (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>): queries for these ask
 * themselves and the tokens of the patches that are seen. Weights {@code norm1_q_cross}, {@code norm1_k_cross}, {@code norm1_v_cross}, {@code cross_attn}, {@code norm2_cross},
 * {@code ffn}, and the factors {@code gamma_1_cross} and {@code gamma_2_cross} [C], which are 1 and not trained where they begin with 0.
 *
 * @param attention of queries to tokens
 * @param qkvBias whether queries and values have a bias
 * @param dropRate probability of setting an element of the attention's result to zero in training
 * @param dropPathRate probability of dropping a branch of a sample in training
 * @param initValues what the factors are at first
 * @param feedForward works on each query
 * @param norm normalisation of tokens
 */
public record CAETransformerRegressorLayer(CrossAttention attention, boolean qkvBias, double dropRate, double dropPathRate, double initValues, FeedForward feedForward,
        Norm norm) {
    public CAETransformerRegressorLayer {
        check(feedForward.channels() % attention.heads() == 0, "the number of heads, %d, must divide the %d channels of the tokens", attention.heads(), feedForward.channels());
    }

    /** Such a layer with its weights. */
    @FunctionalInterface
    public interface Regressor {
        /**
         * Changes the queries.
         *
         * @param queries [B, M, C]
         * @param tokens what is asked, [B, K, C]
         * @param atQueries positions of the queries, [B, M, C]
         * @param atTokens positions of the tokens, [B, K, C]
         * @return [B, M, C]
         */
        SDVariable apply(SDVariable queries, SDVariable tokens, SDVariable atQueries, SDVariable atTokens);
    }

    /** Makes the weights. */
    public Regressor build(Graph graph) {
        Layer path = DropPath.build(graph, dropPathRate);
        Layer ofQueries = norm(graph, "norm1_q_cross");
        Layer ofKeys = norm(graph, "norm1_k_cross");
        Layer ofValues = norm(graph, "norm1_v_cross");
        Layer between = norm(graph, "norm2_cross");
        Asked asked = new Asked(graph.in("cross_attn"), scale(graph, "gamma_1_cross"));
        Layer each = TransformerEncoderLayer.rows(graph, feedForward.build(graph.in("ffn"), scale(graph, "gamma_2_cross")));
        return (queries, tokens, atQueries, atTokens) -> graph.call(List.of(queries, tokens, atQueries, atTokens), in -> {
            SDVariable found = asked.apply(ofQueries.apply(in.get(0).add(in.get(2))), ofKeys.apply(in.get(1).add(in.get(3))), ofValues.apply(in.get(1)));
            SDVariable attended = between.apply(in.get(0).add(path.apply(found)));                // [B, M, C]
            return List.of(attended.add(path.apply(each.apply(attended))));
        }).get(0);
    }

    private Layer norm(Graph graph, String name) {
        return TransformerEncoderLayer.rows(graph, norm.build(graph.in(name), feedForward.channels()));
    }

    private Optional<SDVariable> scale(Graph graph, String name) {
        Graph place = initValues > 0 ? graph : graph.frozen();
        return Optional.of(place.weight(name, LayerType.NONE, Fill.constant(initValues > 0 ? initValues : 1), feedForward.channels()));
    }

    /** The attention with its weights, {@code q}, {@code k}, {@code v}, {@code q_bias}, {@code v_bias} and {@code proj}. */
    private final class Asked {
        private final Graph graph;
        private final int channels = feedForward.channels();
        private final Layer query;
        private final Layer key;
        private final Layer value;
        private final Layer projection;

        Asked(Graph graph, Optional<SDVariable> scale) {
            this.graph = graph;
            this.query = linear("q", qkvBias);
            this.key = linear("k", false);
            this.value = linear("v", qkvBias);
            this.projection = Linear.build(graph.in("proj"), channels, channels, true, scale).then(Dropout.build(graph, dropRate));
        }

        private Layer linear(String name, boolean biased) {
            SDVariable weight = graph.in(name).weight("weight", LayerType.LINEAR, Fill.uniform(1 / Math.sqrt(channels)), channels, channels);
            dev.selfsup.engine.op.Linear linear = new dev.selfsup.engine.op.Linear();
            if (!biased) {
                return x -> graph.apply(linear, x, weight);
            }
            SDVariable bias = graph.weight(name + "_bias", LayerType.NONE, Fill.ZEROS, channels);
            return x -> graph.apply(linear, x, weight, bias);
        }

        SDVariable apply(SDVariable queries, SDVariable keys, SDVariable values) {
            long[] shape = graph.shape(queries);
            SDVariable found = attention.of(graph, shape[0], query.apply(rows(queries)), key.apply(rows(keys)), value.apply(rows(values)));
            return projection.apply(found).reshape(shape);
        }

        private SDVariable rows(SDVariable tokens) {
            long[] shape = graph.shape(tokens);
            return tokens.reshape(shape[0] * shape[1], shape[2]);
        }
    }
}
