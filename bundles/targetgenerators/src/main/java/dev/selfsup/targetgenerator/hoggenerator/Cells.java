package dev.selfsup.targetgenerator.hoggenerator;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.TokenRange;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The cells of an image, of which each patch has a square. Cells beyond the last whole patch belong to none.
 *
 * @param rows rows of cells, H
 * @param columns columns of cells, W
 * @param unfold cells of a patch in either direction, U
 */
record Cells(long rows, long columns, long unfold) {
    /** Patches along a side of the image, and some more where it is no multiple. */
    static final int SIDE = 14;

    static Cells of(long rows, long columns) {
        return new Cells(rows, columns, columns / SIDE);
    }

    private long down() {
        return rows / unfold;
    }

    private long across() {
        return columns / unfold;
    }

    /** The cells of each patch: [N, C, bins, H, W] to [N, L, C * bins * U * U]. */
    SDVariable patches(Graph graph, SDVariable cells) {
        long[] shape = graph.shape(cells);
        long features = shape[1] * shape[2];
        SDVariable high = shortened(graph, cells.reshape(shape[0] * features, rows, columns), rows, down() * unfold);
        SDVariable whole = shortened(graph, high.permute(0, 2, 1), columns, across() * unfold).permute(0, 2, 1);
        return whole.reshape(shape[0], features, down(), unfold, across(), unfold).permute(0, 2, 4, 1, 3, 5)
                .reshape(shape[0], down() * across(), features * unfold * unfold);
    }

    private static SDVariable shortened(Graph graph, SDVariable rows, long from, long to) {
        return from == to ? rows : graph.apply(new TokenRange(0, to), rows);
    }

    /** Back: [N, L, C * bins * U * U] to the cells of all patches, [N, C, bins, H', W']. */
    SDVariable cells(Graph graph, SDVariable patches, int bins) {
        long[] shape = graph.shape(patches);
        long channels = shape[2] / (bins * unfold * unfold);
        return patches.reshape(shape[0], down(), across(), channels * bins, unfold, unfold).permute(0, 3, 1, 4, 2, 5)
                .reshape(shape[0], channels, bins, down() * unfold, across() * unfold);
    }
}
