package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.Linear;
import org.nd4j.autodiff.samediff.SDVariable;

/** The linear layer that makes queries, keys and values, where queries and values have a bias and keys, whose bias would have no effect, have none: {@code qkv.weight}, {@code q_bias}, {@code v_bias}. */
final class QueryValueBias {
    private QueryValueBias() {}

    /**
     * Makes the weights.
     *
     * @param graph the attention's place
     * @param channels C
     * @return from rows [R, C] to [R, 3 C]
     */
    static Layer build(Graph graph, int channels) {
        SDVariable ofQueries = graph.weight("q_bias", LayerType.NONE, Fill.ZEROS, channels);
        SDVariable ofValues = graph.weight("v_bias", LayerType.NONE, Fill.ZEROS, channels);
        SDVariable weight = graph.in("qkv").weight("weight", LayerType.LINEAR, Fill.uniform(1 / Math.sqrt(channels)), 3L * channels, channels);
        SDVariable bias = graph.concat(0, ofQueries, graph.constant(new float[channels], channels), ofValues);
        return x -> graph.apply(new Linear(), x, weight, bias);
    }
}
