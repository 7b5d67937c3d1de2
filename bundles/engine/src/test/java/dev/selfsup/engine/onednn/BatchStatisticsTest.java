package dev.selfsup.engine.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Statistics against those of double precision, to the rounding of float32. */
class BatchStatisticsTest {
    private static final double ROUNDING = 1.2e-7;

    @Test
    void imagesInCOrder() {
        check(4, 1, 3, 4, 32, 32);
        check(3, 1, 2, 3, 5, 7);
        check(1, 1, 2, 1, 120, 121);
    }

    @Test
    void imagesInBlocksOfChannels() {
        check(48, 16, 2, 3, 9, 11, 16);
        check(16, 8, 1, 2, 40, 40, 8);
    }

    @Test
    void vectors() {
        check(33, 33, 301, 33);
        check(9000, 9000, 3, 9000);
    }

    /** Channel c is block {@code c / lanes}, lane {@code c % lanes}. */
    private static void check(int channels, int lanes, long... shape) {
        INDArray x = Nd4j.create(DataType.FLOAT, shape);
        float[] values = new float[(int) x.length()];
        Random random = new Random(channels);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 + random.nextGaussian());
        }
        x.assign(Nd4j.create(values, shape, 'c'));
        INDArray mean = Nd4j.create(DataType.FLOAT, channels);
        INDArray variance = Nd4j.create(DataType.FLOAT, channels);
        BatchStatistics statistics = new BatchStatistics(x, mean, variance);
        statistics.run();
        statistics.run();
        int blocks = channels / lanes;
        int rows = shape.length == 2 ? 1 : (int) (shape[2] * shape[3]);
        int samples = (int) shape[0];
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int sample = 0; sample < samples; sample++) {
                for (int row = 0; row < rows; row++) {
                    double value = values[((sample * blocks + c / lanes) * rows + row) * lanes + c % lanes];
                    sum += value;
                    squares += value * value;
                }
            }
            double count = (double) samples * rows;
            double expected = squares / count - sum / count * sum / count;
            assertEquals(sum / count, mean.getDouble(c), ROUNDING * Math.abs(sum / count), "mean of channel " + c);
            assertEquals(expected, variance.getDouble(c), 2 * ROUNDING * expected + 1e-12, "variance of channel " + c);
        }
    }
}
