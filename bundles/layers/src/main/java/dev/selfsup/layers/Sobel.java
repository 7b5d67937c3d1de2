package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.Convolution;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The Sobel filter: images [N, 3, H, W] to the gradients of their grey values across and down, [N, 2, H, W]. Weights {@code sobel.0} and {@code sobel.1}, those of two convolutions,
 * are fixed: no {@code init_cfg} that means convolutions changes them.
 */
public final class Sobel {
    private static final float[] GRADIENTS = {1, 0, -1, 2, 0, -2, 1, 0, -1, 1, 2, 1, 0, 0, 0, -1, -2, -1};

    private Sobel() {}

    /** Makes the filter. */
    public static Layer build(Graph place) {
        Graph graph = place.frozen();
        Layer grey = filter(graph.in("sobel.0"), Fill.constant(1.0 / 3), 0, 1, 3, 1, 1);
        Fill gradients = (values, shape, random) -> System.arraycopy(GRADIENTS, 0, values, 0, values.length);
        return graph.module(grey.then(filter(graph.in("sobel.1"), gradients, 1, 2, 1, 3, 3)));
    }

    private static Layer filter(Graph graph, Fill fill, int padding, long... shape) {
        SDVariable weight = graph.weight("weight", LayerType.NONE, fill, shape);
        SDVariable bias = graph.weight("bias", LayerType.NONE, Fill.ZEROS, shape[0]);
        return graph.module(x -> graph.apply(new Convolution(1, 1, padding, padding, 1, 1, 1), x, weight, bias));
    }
}
