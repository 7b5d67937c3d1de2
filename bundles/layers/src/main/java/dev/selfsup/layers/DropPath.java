package dev.selfsup.layers;

import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import java.util.Arrays;

/**
 * Stochastic depth (Huang et al. 2016): in training drops whole samples of a residual branch at random and scales the
 * others up.
 */
public final class DropPath {
    private DropPath() {}

    /**
     * Makes the layer.
     *
     * @param graph the layer's place
     * @param rate probability of being dropped
     */
    public static Layer build(Graph graph, double rate) {
        if (rate == 0 || !graph.training()) {
            return Layer.IDENTITY;
        }
        return x -> {
            long[] perSample = graph.shape(x);
            Arrays.fill(perSample, 1, perSample.length, 1);
            return x.mul(graph.draw(Draw.dropoutKeepMask(1 - rate), perSample)).div(1 - rate);
        };
    }
}
