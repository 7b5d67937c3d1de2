package dev.selfsup.engine.onednn;

import dev.selfsup.engine.HostCopy;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Means and variances of the channels of a batch, of x [N, C], [N, C, H, W] or [N, C / b, H, W, b]. oneDNN's own add thousands of numbers one after the other: in
 * a channel of 3072 numbers its variance is off by 3e-7, for all of the channel alike, which deep networks of few channels amplify. Here numbers are added in
 * pairs, whose rounding stays below that of float32, in loops that the JIT compiler vectorises, and pieces in double precision.
 */
final class BatchStatistics implements Runnable {
    /** Numbers that are brought into the cache at once. */
    private static final int PIECE = 8192;

    /** Kept as long as their memory is used. */
    private final INDArray[] held;
    private final FloatBuffer x;
    private final FloatBuffer mean;
    private final FloatBuffer variance;
    private final int samples;
    private final int blocks;
    private final int rows;
    private final int lanes;
    private final int pieceRows;
    private final float[] values;
    private final float[] centres;
    private final double[] sums;

    /**
     * Prepares.
     *
     * @param images x
     * @param mean where the means go, [C]
     * @param variance where the variances go, [C]; they divide by the number of elements
     */
    BatchStatistics(INDArray images, INDArray mean, INDArray variance) {
        this.held = new INDArray[] {images, mean, variance};
        this.x = HostCopy.buffer(images);
        this.mean = HostCopy.buffer(mean);
        this.variance = HostCopy.buffer(variance);
        long[] shape = images.shape();
        boolean vectors = shape.length == 2;
        this.samples = vectors ? 1 : (int) shape[0];
        this.blocks = vectors ? 1 : (int) shape[1];
        this.rows = (int) (vectors ? shape[0] : shape[2] * shape[3]);
        this.lanes = (int) (vectors ? shape[1] : shape.length == 5 ? shape[4] : 1);
        this.pieceRows = Math.max(1, Math.min(rows, PIECE / lanes));
        this.values = new float[pieceRows * lanes];
        this.centres = new float[values.length];
        this.sums = new double[lanes];
    }

    @Override
    public void run() {
        double count = (double) samples * rows;
        for (int block = 0; block < blocks; block++) {
            add(block, false);
            for (int lane = 0; lane < lanes; lane++) {
                centres[lane] = (float) (sums[lane] / count);
                mean.put(block * lanes + lane, centres[lane]);
            }
            for (int filled = lanes; filled < centres.length; filled *= 2) {
                System.arraycopy(centres, 0, centres, filled, Math.min(filled, centres.length - filled));
            }
            add(block, true);
            for (int lane = 0; lane < lanes; lane++) {
                variance.put(block * lanes + lane, (float) (sums[lane] / count));
            }
        }
    }

    /** Sums of a block of channels, or of the squares of their distances from the centres. */
    private void add(int block, boolean squares) {
        Arrays.fill(sums, 0);
        for (int sample = 0; sample < samples; sample++) {
            int first = (sample * blocks + block) * rows * lanes;
            for (int row = 0; row < rows; row += pieceRows) {
                int taken = Math.min(pieceRows, rows - row);
                x.get(first + row * lanes, values, 0, taken * lanes);
                if (squares) {
                    squares(values, centres, taken * lanes);
                }
                addPairs(values, taken, lanes);
                for (int lane = 0; lane < lanes; lane++) {
                    sums[lane] += values[lane];
                }
            }
        }
    }

    /** {@code values = (values - centres)^2}. */
    private static void squares(float[] values, float[] centres, int count) {
        for (int i = 0; i < count; i++) {
            float distance = values[i] - centres[i];
            values[i] = distance * distance;
        }
    }

    /** Adds the second half of the rows to the first, again and again, until one is left. */
    private static void addPairs(float[] values, int rows, int lanes) {
        for (int left = rows; left > 1; left -= left / 2) {
            addTail(values, (left - left / 2) * lanes, left / 2 * lanes);
        }
    }

    /** {@code values[i] += values[from + i]}. */
    private static void addTail(float[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            values[i] += values[from + i];
        }
    }
}
