package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.Window;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Mean over a given number of windows, however large the image: x [N, C, H, W] to [N, C, side, side]. Of H rows, window i has those from
 * {@code floor(i H / side)} to {@code ceil((i + 1) H / side)}; windows overlap where side does not divide H.
 *
 * @param side windows in a row and in a column
 */
public record AdaptiveAveragePool(int side) {
    /** Pools. */
    public SDVariable apply(Graph graph, SDVariable x) {
        long[] shape = graph.shape(x);
        int height = Math.toIntExact(shape[2]);
        int width = Math.toIntExact(shape[3]);
        if (height % side == 0 && width % side == 0) {
            return graph.apply(new AveragePool(new Window(height / side, width / side, height / side, width / side, 0, 0, false), true), x);
        }
        SDVariable pixels = x.reshape(shape[0] * shape[1], shape[2] * shape[3]);                                    // [N * C, H * W]
        SDVariable sums = graph.matmul(pixels, graph.constant(members(height, width), shape[2] * shape[3], windows()), false, false);
        return sums.div(graph.constant(counts(height, width), 1, windows())).reshape(shape[0], shape[1], side, side);
    }

    private long windows() {
        return (long) side * side;
    }

    /** 1 where a pixel belongs to a window, else 0: [H * W, side * side]. */
    private float[] members(int height, int width) {
        float[] members = new float[Math.multiplyExact(height * width, side * side)];
        for (int window = 0; window < side * side; window++) {
            for (int row = first(window / side, height); row < end(window / side, height); row++) {
                for (int column = first(window % side, width); column < end(window % side, width); column++) {
                    members[(row * width + column) * side * side + window] = 1;
                }
            }
        }
        return members;
    }

    /** Pixels of each window, [1, side * side]. */
    private float[] counts(int height, int width) {
        float[] counts = new float[side * side];
        for (int window = 0; window < counts.length; window++) {
            counts[window] = (end(window / side, height) - first(window / side, height)) * (end(window % side, width) - first(window % side, width));
        }
        return counts;
    }

    private int first(int window, int size) {
        return window * size / side;
    }

    private int end(int window, int size) {
        return ((window + 1) * size + side - 1) / side;
    }
}
