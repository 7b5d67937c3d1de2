package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.Optional;
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
        return build(graph, in, out, bias, Optional.empty());
    }

    /**
     * Makes the weights of a layer whose outputs are scaled, as a layer scale does behind it: the weights are scaled rather than each row.
     *
     * @param graph the layer's place
     * @param in input features
     * @param out output features
     * @param bias whether there is a bias
     * @param scale factor on each output, [out]; empty for none
     */
    public static Layer build(Graph graph, int in, int out, boolean bias, Optional<SDVariable> scale) {
        double bound = 1 / Math.sqrt(in);
        dev.selfsup.engine.op.Linear linear = new dev.selfsup.engine.op.Linear();
        SDVariable made = graph.weight("weight", LayerType.LINEAR, Fill.uniform(bound), out, in);
        SDVariable weight = scale.map(s -> made.mul(s.reshape(out, 1))).orElse(made);
        if (!bias) {
            return graph.module(x -> graph.apply(linear, x, weight));
        }
        SDVariable constant = graph.weight("bias", LayerType.LINEAR, Fill.uniform(bound), out);
        SDVariable shift = scale.map(constant::mul).orElse(constant);
        return graph.module(x -> graph.apply(linear, x, weight, shift));
    }
}
