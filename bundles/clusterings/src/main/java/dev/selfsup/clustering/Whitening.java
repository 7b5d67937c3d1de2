package dev.selfsup.clustering;

import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is done to features before they are clustered (Caron et al. 2018, <a href="https://arxiv.org/abs/1807.05520">arXiv:1807.05520</a>, section 3.2): they are projected on their
 * first principal components, whitened and brought to length 1. Beside rows and result it needs memory for a block of rows and D x D numbers.
 */
public final class Whitening {
    private static final int BLOCK = 4096;
    private static final double SMALLEST_LENGTH = 1e-10;
    /** Share of the largest variance below which a direction is nothing but rounding. */
    private static final double SMALLEST_VARIANCE = 1e-12;

    private final float[][] rows;
    private final int width;

    private Whitening(float[][] rows) {
        this.rows = rows;
        this.width = rows[0].length;
        if (!Arrays.stream(rows).parallel().allMatch(Whitening::finite)) {
            throw new UsageException("features to be clustered are not finite: the weights have become useless; lower optim_wrapper.optimizer.lr", 1);
        }
    }

    private static boolean finite(float[] row) {
        for (float value : row) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Prepares features.
     *
     * @param rows [N][D], left as they are
     * @param components principal components that are kept, at most D; -1 for the features as they are, brought to length 1
     * @return [N][components]
     * @throws UsageException if there are not as many components, or features are not finite
     */
    public static float[][] of(float[][] rows, int components) {
        Whitening whitening = new Whitening(rows);
        if (components > whitening.width) {
            throw new UsageException("clustering.pca_dim is " + components + ", but features have only " + whitening.width + " numbers: lower it, or set -1 to cluster them as they are");
        }
        float[][] projected = components < 0 ? rows : whitening.projected(components);
        return Arrays.stream(projected).parallel().map(Whitening::unit).toArray(float[][]::new);
    }

    private static float[] unit(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        double length = Math.sqrt(squares) + SMALLEST_LENGTH;
        float[] unit = new float[row.length];
        for (int d = 0; d < unit.length; d++) {
            unit[d] = (float) (row[d] / length);
        }
        return unit;
    }

    /** Rows less their mean, on the first principal components, each divided by its deviation. */
    private float[][] projected(int components) {
        INDArray mean = mean();                                                      // [1, D]
        INDArray vectors = covariance(mean);                                         // [D, D]
        INDArray variances = Nd4j.create(DataType.DOUBLE, width);
        Nd4j.getBlasWrapper().lapack().syev('V', 'U', vectors, variances);           // ascending; a column of vectors for each
        double largest = variances.getDouble(width - 1);
        INDArray projection = Nd4j.create(DataType.DOUBLE, width, components);
        for (int c = 0; c < components; c++) {
            int column = width - 1 - c;
            double variance = variances.getDouble(column);
            if (variance > largest * SMALLEST_VARIANCE) {
                projection.putColumn(c, vectors.getColumn(column).div(Math.sqrt(variance)));
            }
        }
        float[][] result = new float[rows.length][];
        for (int start = 0; start < rows.length; start += BLOCK) {
            float[][] block = block(start).subiRowVector(mean).mmul(projection).castTo(DataType.FLOAT).toFloatMatrix();
            System.arraycopy(block, 0, result, start, block.length);
        }
        return result;
    }

    private INDArray block(int start) {
        return Nd4j.createFromArray(Arrays.copyOfRange(rows, start, Math.min(start + BLOCK, rows.length))).castTo(DataType.DOUBLE); // [B, D]
    }

    private INDArray mean() {
        double[] sums = new double[width];
        IntStream.range(0, width).parallel().forEach(d -> {
            for (float[] row : rows) {
                sums[d] += row[d];
            }
        });
        return Nd4j.createFromArray(sums).divi(rows.length).reshape(1, width);
    }

    private INDArray covariance(INDArray mean) {
        INDArray sum = Nd4j.create(DataType.DOUBLE, new long[] {width, width}, 'f');
        for (int start = 0; start < rows.length; start += BLOCK) {
            INDArray centred = block(start).subiRowVector(mean);
            Nd4j.gemm(centred, centred, sum, true, false, 1, 1);
        }
        return sum.divi(rows.length);
    }
}
