package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A fully connected layer, [N, in] to [N, out]. Weights {@code weight} [out, in] and {@code bias} [out], first uniform
 * within 1 / sqrt(in), as in PyTorch.
 */
public final class Linear {
    private Linear() {}

    /**
     * Makes the weights.
     *
     * @param graph the layer's place
     * @param in input features
     * @param out output features
     * @param bias whether there is a bias
     */
    public static Layer build(Graph graph, int in, int out, boolean bias) {
        double bound = 1 / Math.sqrt(in);
        dev.selfsup.engine.op.Linear linear = new dev.selfsup.engine.op.Linear();
        SDVariable weight = graph.weight("weight", LayerType.LINEAR, Fill.uniform(bound), out, in);
        if (!bias) {
            return graph.module(x -> graph.apply(linear, x, weight));
        }
        SDVariable shift = graph.weight("bias", LayerType.LINEAR, Fill.uniform(bound), out);
        return graph.module(x -> graph.apply(linear, x, weight, shift));
    }
}
