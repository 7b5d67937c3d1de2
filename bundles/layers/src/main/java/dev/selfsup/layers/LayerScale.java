package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;

/** A factor for every channel of a residual branch (Touvron et al. 2021, <a href="https://arxiv.org/abs/2103.17239">arXiv:2103.17239</a>), on [..., C]. */
public final class LayerScale {
    private LayerScale() {}

    /**
     * Makes the weight.
     *
     * @param graph the place of the module that has the branch
     * @param name of the weight, [C]
     * @param channels C
     * @param first what all factors are at first
     */
    public static Layer build(Graph graph, String name, int channels, double first) {
        SDVariable factors = graph.weight(name, LayerType.NONE, Fill.constant(first), channels);
        return x -> {
            long[] each = graph.shape(x);
            Arrays.fill(each, 0, each.length - 1, 1);
            return x.mul(factors.reshape(each));
        };
    }
}
