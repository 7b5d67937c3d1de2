package dev.selfsup.clustering;

import dev.selfsup.engine.HostCopy;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Squared distances of rows to points, block by block as products of matrices: {@code |x|^2 + |c|^2 - 2 x c}. Memory is bounded whatever the number of rows and points.
 */
final class Nearest {
    /** Most products at a time, 32 MiB. */
    private static final int PRODUCTS = 1 << 23;
    private static final int MOST_POINTS = 1 << 15;

    private Nearest() {}

    /** Told what a row and some points have to do with each other; several rows at a time. */
    interface Pairs {
        /**
         * Takes squared distances.
         *
         * @param row number of the row
         * @param first number of the first point
         * @param count number of points
         * @param distances their distances begin at {@code offset}
         */
        void of(int row, int first, int count, float[] distances, int offset);
    }

    /**
     * Computes all distances. For every row, points come in order.
     *
     * @param rows [N][D]
     * @param points [M][D]
     */
    static void visit(float[][] rows, float[][] points, Pairs pairs) {
        int some = Math.min(points.length, MOST_POINTS);
        int step = Math.max(1, Math.min(rows.length, PRODUCTS / some));
        float[] distances = new float[step * some];
        float[] lengths = squares(points);
        for (int first = 0; first < points.length; first += some) {
            int from = first;
            int count = Math.min(some, points.length - first);
            INDArray against = Nd4j.createFromArray(Arrays.copyOfRange(points, first, first + count));          // [P, D]
            for (int start = 0; start < rows.length; start += step) {
                int begin = start;
                float[][] block = Arrays.copyOfRange(rows, start, Math.min(start + step, rows.length));
                product(against, block, distances);
                float[] own = squares(block);
                IntStream.range(0, block.length).parallel().forEach(i -> {
                    int offset = i * count;
                    for (int p = 0; p < count; p++) {
                        distances[offset + p] = Math.max(0, own[i] + lengths[from + p] - 2 * distances[offset + p]);
                    }
                    pairs.of(begin + i, from, count, distances, offset);
                });
            }
        }
    }

    /** Products of a block of rows and points, [B, P] in C order. */
    private static void product(INDArray points, float[][] block, float[] products) {
        long[] shape = {points.size(0), block.length};
        INDArray result = Nd4j.createUninitialized(DataType.FLOAT, shape, 'f');                                // [P, B]: the products of a row lie side by side
        Nd4j.gemm(points, Nd4j.createFromArray(block), result, false, true, 1, 0);
        HostCopy.buffer(result).get(products, 0, Math.toIntExact(result.length()));
    }

    private static float[] squares(float[][] rows) {
        float[] squares = new float[rows.length];
        IntStream.range(0, rows.length).parallel().forEach(i -> {
            float sum = 0;
            for (float value : rows[i]) {
                sum += value * value;
            }
            squares[i] = sum;
        });
        return squares;
    }
}
