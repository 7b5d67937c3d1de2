package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.Updates.AdamStep;
import dev.selfsup.engine.Updates.SgdStep;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class UpdatesTest {
    private static final int[] LENGTHS = {1, 2, 7, 8191, 8192, 8193, 100_000};
    private static final SgdStep SGD = new SgdStep(0.1, 0.9, 0, 1e-4, false, 1);
    private static final SgdStep NESTEROV = new SgdStep(0.1, 0.9, 0, 1e-4, true, 1);
    private static final SgdStep DAMPENED = new SgdStep(0.1, 0.9, 0.25, 0, false, 1);
    private static final SgdStep LOCAL_RATE = new SgdStep(1, 0.9, 0, 1e-3, false, 0.0125);
    private static final SgdStep WITHOUT_MOMENTUM = new SgdStep(0.3, 0, 0, 0, false, 1);

    @Test
    void stochasticGradientDescentIsWhatItsFormulaSays() {
        for (SgdStep step : new SgdStep[] {SGD, NESTEROV, DAMPENED, LOCAL_RATE, WITHOUT_MOMENTUM}) {
            compare((updates, a) -> {
                updates.sgd(a[0], a[1], a[2], step, true);
                updates.sgd(a[0], a[3], a[2], step, false);
            }, (unused, f) -> {
                naiveSgd(f[0], f[1], f[2], step, true);
                naiveSgd(f[0], f[3], f[2], step, false);
            });
        }
    }

    private static void naiveSgd(float[] w, float[] g, float[] m, SgdStep s, boolean first) {
        for (int i = 0; i < w.length; i++) {
            float d = g[i];
            if (s.decay() != 0) {
                d = d + (float) s.decay() * w[i];
            }
            d = d * (float) s.gradientScale();
            if (s.momentum() != 0) {
                m[i] = first ? d : m[i] * (float) s.momentum() + (float) (1 - s.dampening()) * d;
                d = s.nesterov() ? d + (float) s.momentum() * m[i] : m[i];
            }
            w[i] = w[i] - (float) s.rate() * d;
        }
    }

    @Test
    void adamAndAdamWAreWhatTheirFormulasSay() {
        for (boolean decoupled : new boolean[] {false, true}) {
            compare((updates, a) -> {
                a[3].muli(a[3]);
                updates.adam(a[0], a[1], a[2], a[3], new AdamStep(1e-3, 0.9, 0.95, 1e-8, 0.05, decoupled, 3));
            }, (unused, f) -> {
                for (int i = 0; i < f[0].length; i++) {
                    float g = f[1][i];
                    if (decoupled) {
                        f[0][i] *= (float) (1 - 1e-3 * 0.05);
                    } else {
                        g = g + 0.05f * f[0][i];
                    }
                    f[2][i] = f[2][i] * 0.9f + (float) (1 - 0.9) * g;
                    f[3][i] = f[3][i] * f[3][i] * 0.95f + (float) (1 - 0.95) * g * g;
                    float root = (float) Math.sqrt(f[3][i]) / (float) Math.sqrt(1 - Math.pow(0.95, 3)) + 1e-8f;
                    f[0][i] = f[0][i] + (float) -(1e-3 / (1 - Math.pow(0.9, 3))) * f[2][i] / root;
                }
            });
        }
    }

    @Test
    void amsgradDividesByTheLargestMeanSquareThereWas() {
        try (HostUpdates host = new HostUpdates(2)) {
            for (Updates updates : new Updates[] {new PlainUpdates(), host}) {
                INDArray[] a = {Nd4j.createFromArray(1f, 1f), null, Nd4j.zeros(2), Nd4j.zeros(2), Nd4j.zeros(2)};     // weight, gradient, mean, mean square, the largest
                for (int step = 1; step <= 2; step++) {
                    a[1] = Nd4j.createFromArray(step == 1 ? 2f : 0f, step == 1 ? 0f : 2f);
                    updates.amsgrad(a[0], a[1], a[2], a[3], a[4], new AdamStep(0.1, 0.9, 0.5, 1e-8, 0, false, step));
                }
                assertArrayEquals(new float[] {1, 2}, a[3].toFloatVector(), 1e-6f);
                assertArrayEquals(new float[] {2, 2}, a[4].toFloatVector(), 1e-6f);
                double first = 1 - 0.1 - 0.1 * 0.18 / (1 - 0.81) / (Math.sqrt(2) / Math.sqrt(0.75));
                double second = 1 - 0.1 * 0.2 / (1 - 0.81) / (Math.sqrt(2) / Math.sqrt(0.75));
                assertArrayEquals(new float[] {(float) first, (float) second}, a[0].toFloatVector(), 1e-6f);
            }
        }
    }

    @Test
    void movingAverageAccumulationScalingAndClampingAreWhatTheySay() {
        compare((updates, a) -> {
            updates.lerp(a[0], a[1], 0.01);
            updates.add(a[1], a[2], 1.0 / 3);
            updates.scale(a[2], 0.7);
            updates.clamp(a[3], 0.5);
        }, (unused, f) -> {
            for (int i = 0; i < f[0].length; i++) {
                f[0][i] = f[0][i] * (float) (1 - 0.01) + 0.01f * f[1][i];
                f[1][i] = f[1][i] + (float) (1.0 / 3) * f[2][i];
                f[2][i] = f[2][i] * 0.7f;
                f[3][i] = Math.max(-0.5f, Math.min(0.5f, f[3][i]));
            }
        });
    }

    /** Runs an update on views at odd offsets, by each implementation, and the naive form on arrays of the same content. */
    private static void compare(BiConsumer<Updates, INDArray[]> update, BiConsumer<Void, float[][]> naive) {
        for (int length : LENGTHS) {
            float[][] expected = new float[4][];
            for (int i = 0; i < 4; i++) {
                expected[i] = random(length, i);
            }
            naive.accept(null, expected);
            try (HostUpdates one = new HostUpdates(1); HostUpdates two = new HostUpdates(2); HostUpdates three = new HostUpdates(3)) {
                for (Updates updates : new Updates[] {new PlainUpdates(), one, two, three}) {
                    INDArray[] views = views(length);
                    update.accept(updates, views);
                    for (int i = 0; i < 4; i++) {
                        assertArrayEquals(expected[i], views[i].toFloatVector(), updates.getClass() + " array " + i + " length " + length);
                    }
                }
            }
        }
    }

    private static float[] random(int length, int seed) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Four arrays in one buffer, behind each other at odd offsets. */
    private static INDArray[] views(int length) {
        INDArray flat = Nd4j.zeros(4L * length + 17);
        INDArray[] views = new INDArray[4];
        int offset = 3;
        for (int i = 0; i < 4; i++) {
            views[i] = flat.get(NDArrayIndex.interval(offset, offset + length));
            views[i].assign(Nd4j.createFromArray(random(length, i)));
            offset += length + 1;
        }
        return views;
    }

    @Test
    void anUpdateOfAViewLeavesItsNeighboursAlone() {
        INDArray flat = Nd4j.ones(20_005);
        INDArray view = flat.get(NDArrayIndex.interval(3, 20_003)).reshape(100, 1, 200);
        try (HostUpdates updates = new HostUpdates(2)) {
            updates.scale(view, 2);
        }
        float[] values = flat.toFloatVector();
        for (int i = 0; i < values.length; i++) {
            assertEquals(i < 3 || i >= 20_003 ? 1f : 2f, values[i]);
        }
    }

    @Test
    void normsAgreeWithASumInDoublePrecisionAndDoNotDependOnThreads() {
        for (int length : LENGTHS) {
            float[] values = random(length, 5);
            double squares = 0;
            double cubes = 0;
            float largest = 0;
            for (float v : values) {
                squares += (double) v * v;
                cubes += Math.pow(Math.abs(v), 3);
                largest = Math.max(largest, Math.abs(v));
            }
            INDArray array = Nd4j.createFromArray(values);
            try (HostUpdates one = new HostUpdates(1); HostUpdates two = new HostUpdates(2)) {
                assertEquals(one.norm(array), two.norm(array));
                for (Updates updates : new Updates[] {new PlainUpdates(), one}) {
                    assertEquals(Math.sqrt(squares), updates.norm(array), 1e-12 * Math.sqrt(squares));
                    assertEquals(Math.cbrt(cubes), updates.norm(array, 3), 1e-12 * Math.cbrt(cubes));
                    assertEquals(largest, updates.norm(array, Double.POSITIVE_INFINITY));
                }
            }
        }
    }

    @Test
    void aNormOfAnyOrderLeavesTheArrayAsItIs() {
        INDArray array = Nd4j.createFromArray(1.0, -2.0, 3.0);
        for (double order : new double[] {1, 2, 3, Double.POSITIVE_INFINITY}) {
            new PlainUpdates().norm(array, order);
            assertEquals(Nd4j.createFromArray(1.0, -2.0, 3.0), array, "order " + order);
        }
    }

    @Test
    void aNormOfNotANumberIsNotANumber() {
        INDArray array = Nd4j.createFromArray(1f, Float.NaN, 2f);
        try (HostUpdates host = new HostUpdates(1)) {
            for (Updates updates : new Updates[] {new PlainUpdates(), host}) {
                assertTrue(Double.isNaN(updates.norm(array)));
                assertTrue(Double.isNaN(updates.norm(array, Double.POSITIVE_INFINITY)));
            }
        }
    }

    @Test
    void arraysThatAreNotContiguousOrNotOfOneLengthAreRefused() {
        try (HostUpdates updates = new HostUpdates(1)) {
            INDArray transposed = Nd4j.ones(3, 4).transpose();
            assertThrows(IllegalArgumentException.class, () -> updates.scale(transposed, 2));
            INDArray four = Nd4j.ones(4);
            INDArray five = Nd4j.ones(5);
            assertThrows(IllegalArgumentException.class, () -> updates.add(four, five, 1));
        }
    }
}
