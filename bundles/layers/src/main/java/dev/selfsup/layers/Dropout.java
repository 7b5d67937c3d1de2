package dev.selfsup.layers;

import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;

/** Dropout (Srivastava et al. 2014): in training sets elements to zero at random and scales the others up. */
public final class Dropout {
    private Dropout() {}

    /**
     * Makes the layer.
     *
     * @param graph the layer's place
     * @param rate probability of being set to zero
     */
    public static Layer build(Graph graph, double rate) {
        if (rate == 0 || !graph.training()) {
            return Layer.IDENTITY;
        }
        return x -> x.mul(graph.draw(Draw.dropoutKeepMask(1 - rate), graph.shape(x))).div(1 - rate);
    }
}
