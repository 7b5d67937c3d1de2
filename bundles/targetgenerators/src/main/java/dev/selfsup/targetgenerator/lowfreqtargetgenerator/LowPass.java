package dev.selfsup.targetgenerator.lowfreqtargetgenerator;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.TokenRange;
import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The low frequencies of images: a discrete Fourier transform as products of matrices along rows and columns, a filter, and the way back.
 *
 * @param rows frequencies from top to bottom, K of H
 * @param columns frequencies from left to right, M of W
 */
record LowPass(Waves rows, Waves columns) {
    /** Absolute values of what a filter [3, H, W] leaves of images [N, 3, H, W]. */
    SDVariable apply(Graph graph, SDVariable images, SDVariable filter) {
        long[] shape = graph.shape(images);
        long planes = shape[0] * shape[1];
        int k = rows.count();
        int m = columns.count();
        int height = rows.size();
        int width = columns.size();
        SDVariable across = graph.matmul(images.reshape(planes * height, width), columns.forward(graph), false, false);         // [P * H, 2 M]
        SDVariable turned = across.reshape(planes, height, 2L * m).permute(0, 2, 1).reshape(planes * 2 * m, height);
        SDVariable both = graph.matmul(turned, rows.forward(graph), false, false).reshape(planes, 2, m, 2L * k);                // [P, 2, M, 2 K]
        SDVariable real = part(graph, both, 0, 0, k).sub(part(graph, both, 1, k, k));                                            // [P, M, K]
        SDVariable imaginary = part(graph, both, 0, k, k).add(part(graph, both, 1, 0, k));
        SDVariable kept = kept(graph, filter, shape[0]);                                                                         // [P, M, K]
        SDVariable spectrum = graph.concat(2, real.mul(kept), imaginary.mul(kept));                                              // [P, M, 2 K]
        SDVariable down = graph.matmul(spectrum.reshape(planes * m, 2L * k), rows.backward(graph), false, false);               // [P * M, 2 H]
        SDVariable back = down.reshape(planes, m, 2, height).permute(0, 3, 2, 1).reshape(planes * height, 2L * m);              // [P * H, 2 M]
        SDVariable pixels = graph.matmul(back, columns.backward(graph), false, false).reshape(planes * height, 2, width);       // [P * H, 2, W]
        SDVariable squares = pixels.mul(pixels).sum(1);                                                                          // [P * H, W]
        return graph.math().sqrt(squares).reshape(shape);
    }

    /** Cosines (0) or sines (1) of the columns, and of the rows those from {@code first} on: [P, 2, M, 2 K] to [P, M, K]. */
    private static SDVariable part(Graph graph, SDVariable both, int column, int first, int count) {
        long[] shape = graph.shape(both);
        SDVariable half = graph.apply(new TokenRange(column * shape[2], (column + 1) * shape[2]), both.reshape(shape[0], 2 * shape[2], shape[3]));
        SDVariable turned = half.permute(0, 2, 1);                                                                               // [P, 2 K, M]
        return graph.apply(new TokenRange(first, first + count), turned).permute(0, 2, 1);
    }

    /** The part of the filter that belongs to the frequencies, for every plane: [N * 3, M, K]. */
    private SDVariable kept(Graph graph, SDVariable filter, long images) {
        SDVariable some = graph.apply(new TokenRange(rows.first(), rows.first() + rows.count()), filter).permute(0, 2, 1);       // [3, W, K]
        SDVariable kept = graph.apply(new TokenRange(columns.first(), columns.first() + columns.count()), some);                 // [3, M, K]
        SDVariable[] copies = new SDVariable[Math.toIntExact(images)];
        Arrays.fill(copies, kept);
        return graph.concat(0, copies);
    }
}
