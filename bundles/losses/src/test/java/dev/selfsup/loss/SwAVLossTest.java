package dev.selfsup.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.loss.swavloss.SwAVLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** SwAV's loss against its equations written out, in double precision: two images, D = 3, 4 prototypes. */
class SwAVLossTest {
    private static final int N = 2;
    private static final int D = 3;
    private static final int K = 4;
    private static final double EPSILON = 0.3;
    private static final double TEMPERATURE = 0.2;

    private final Weights weights = new Weights(5, DataType.DOUBLE);
    private final Random random = new Random(3);

    @Test
    void everyViewPredictsTheAssignmentsOfTheOthers() {
        double[][] x = rows(3 * N);
        Plan plan = plan(loss(List.of(0, 1), List.of(2, 1), List.of(K)), 3 * N, 0);
        double[][] prototypes = unit(weights("loss.prototypes.weight"));
        double[][][] codes = codes(x, prototypes, List.of(0, 1), null);
        run(plan, x);
        assertEquals(swapped(x, prototypes, List.of(0, 1), codes), plan.output("loss").getDouble(0), 1e-9);
        for (int row = 0; row < x.length; row++) {
            for (int d = 0; d < D; d++) {
                double step = 1e-6;
                x[row][d] += step;
                double above = swapped(x, prototypes, List.of(0, 1), codes);
                x[row][d] -= 2 * step;
                double below = swapped(x, prototypes, List.of(0, 1), codes);
                x[row][d] += step;
                assertEquals((above - below) / (2 * step), plan.output("grad_input/x").getDouble(row, d), 1e-7);
            }
        }
    }

    @Test
    void viewsThatAreNotAssignedPredictToo() {
        double[][] x = rows(3 * N);
        Plan plan = plan(loss(List.of(2), List.of(3), List.of(K)), 3 * N, 0);
        double[][] prototypes = unit(weights("loss.prototypes.weight"));
        run(plan, x);
        assertEquals(swapped(x, prototypes, List.of(2), codes(x, prototypes, List.of(2), null)), plan.output("loss").getDouble(0), 1e-9);
    }

    @Test
    void prototypesHaveLengthOneFromTheFirstCallOn() {
        Plan plan = plan(loss(List.of(0, 1), List.of(2), List.of(K)), 2 * N, 0);
        double[][] before = unit(weights("loss.prototypes.weight"));
        run(plan, rows(2 * N));
        double[][] after = weights("loss.prototypes.weight");
        IntStream.range(0, K).forEach(k -> assertArrayEquals(before[k], after[k], 1e-12));
    }

    @Test
    void theGradientOfAPrototypeIsThatOfItsNormalisedValue() {
        double[][] x = rows(2 * N);
        Plan plan = plan(loss(List.of(0, 1), List.of(2), List.of(K)), 2 * N, 0);
        double[][] prototypes = unit(weights("loss.prototypes.weight"));
        double[][][] codes = codes(x, prototypes, List.of(0, 1), null);
        run(plan, x);
        double step = 1e-6;
        prototypes[2][1] += step;
        double above = swapped(x, prototypes, List.of(0, 1), codes);
        prototypes[2][1] -= 2 * step;
        double below = swapped(x, prototypes, List.of(0, 1), codes);
        assertEquals((above - below) / (2 * step), weights.parameters().get(0).gradient().getDouble(2, 1), 1e-7);
    }

    @Test
    void aQueueIsFilledFromTheFrontAndCountsWhenItIsFull() {
        int length = 2 * N + 1;
        Plan plan = plan(loss(List.of(0, 1), List.of(2), List.of(K)), 2 * N, length);
        double[][] prototypes = unit(weights("loss.prototypes.weight"));
        double[][][] queue = new double[2][length][D];
        for (int call = 0; call < 4; call++) {
            double[][] x = rows(2 * N);
            boolean full = call * N >= length;
            run(plan, x);
            double expected = swapped(x, prototypes, List.of(0, 1), codes(x, prototypes, List.of(0, 1), full ? queue : null));
            assertEquals(expected, plan.output("loss").getDouble(0), 1e-9, "call " + call);
            for (int view = 0; view < 2; view++) {
                System.arraycopy(queue[view].clone(), 0, queue[view], N, length - N);
                System.arraycopy(x, view * N, queue[view], 0, N);
                for (int row = 0; row < length; row++) {
                    for (int d = 0; d < D; d++) {
                        assertEquals(queue[view][row][d], weights.array("loss.queue").getDouble(view, row, d), 1e-12, "call " + call);
                    }
                }
            }
        }
    }

    @Test
    void ofSeveralSetsOfPrototypesTheMeanLossIsTaken() {
        double[][] x = rows(2 * N);
        Plan plan = plan(loss(List.of(0, 1), List.of(2), List.of(K, 3)), 2 * N, 0);
        double sum = 0;
        for (int set = 0; set < 2; set++) {
            double[][] prototypes = unit(weights("loss.prototypes.prototypes" + set + ".weight"));
            sum += swapped(x, prototypes, List.of(0, 1), codes(x, prototypes, List.of(0, 1), null));
        }
        run(plan, x);
        assertEquals(sum / 2, plan.output("loss").getDouble(0), 1e-9);
    }

    @Test
    void mistakesAreNamed() {
        assertEquals("crops_for_assign must name some of the 2 views of num_crops, from 0, not [0, 2]", mistake(List.of(0, 2), List.of(2), List.of(K)));
        assertEquals("num_crops must be positive and make at least 2 views, not [1]", mistake(List.of(0), List.of(1), List.of(K)));
        assertEquals("num_prototypes must be positive, not [0]", mistake(List.of(0, 1), List.of(2), List.of(0)));
        assertEquals("SwAVLoss takes features [2 * N, 3] (the sum of num_crops, feat_dim), not [3, 3]: set num_crops to the num_views of MultiView in the"
                + " pipeline and feat_dim to the neck's out_channels", assertThrows(IllegalArgumentException.class,
                () -> plan(loss(List.of(0, 1), List.of(2), List.of(K)), 3, 0)).getMessage());
        assertEquals("SwAVLoss with 2 crops_for_assign, feat_dim 3 and 2 images does not fit a queue of shape [2, 1, 3]: give SwAVHook the same"
                + " crops_for_assign, feat_dim and batch_size", assertThrows(IllegalArgumentException.class,
                () -> plan(loss(List.of(0, 1), List.of(2), List.of(K)), 2 * N, 1)).getMessage());
    }

    private static String mistake(List<Integer> assign, List<Integer> crops, List<Integer> prototypes) {
        return assertThrows(IllegalArgumentException.class, () -> loss(assign, crops, prototypes)).getMessage();
    }

    private static Loss loss(List<Integer> assign, List<Integer> crops, List<Integer> prototypes) {
        return new SwAVLoss.Factory().create(new SwAVLoss.Config(D, 3, EPSILON, TEMPERATURE, assign, crops, prototypes, List.of()));
    }

    private Plan plan(Loss loss, int rows, int queue) {
        if (queue > 0) {
            new Graph(weights, true, Collectives.SINGLE).buffer("loss.queue", DataType.FLOAT, Fill.ZEROS, 2, queue, D);
        }
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable x = graph.input("x", DataType.FLOAT, rows, D);
        SDVariable value = loss.build(graph.in("loss")).of(x);
        return Plan.of(graph, new Plan.Wanted(Map.of("loss", value), "loss", List.of("x")), Kernels.PLAIN);
    }

    private static void run(Plan plan, double[][] x) {
        plan.input("x").assign(Nd4j.create(x));
        plan.run();
    }

    private double[][] weights(String name) {
        return weights.array(name).toDoubleMatrix();
    }

    private double[][] rows(int count) {
        return unit(IntStream.range(0, count).mapToObj(i -> random.doubles(D, -1, 1).toArray()).toArray(double[][]::new));
    }

    private static double[][] unit(double[][] rows) {
        return Arrays.stream(rows).map(row -> Arrays.stream(row).map(v -> v / Math.sqrt(dot(row, row))).toArray()).toArray(double[][]::new);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    /** Assignments of the images of each assigned view, [A][N][K]. */
    private static double[][][] codes(double[][] x, double[][] prototypes, List<Integer> assign, double[][][] queue) {
        double[][][] codes = new double[assign.size()][][];
        for (int i = 0; i < codes.length; i++) {
            List<double[]> samples = new ArrayList<>(queue == null ? List.of() : List.of(queue[i]));
            samples.addAll(List.of(x).subList(assign.get(i) * N, (assign.get(i) + 1) * N));
            double[][] q = samples.stream().map(row -> Arrays.stream(prototypes).mapToDouble(p -> Math.exp(dot(row, p) / EPSILON)).toArray())
                    .toArray(double[][]::new);
            for (int iteration = 0; iteration < 3; iteration++) {
                for (int k = 0; k < prototypes.length; k++) {
                    int cluster = k;
                    double mass = Arrays.stream(q).mapToDouble(row -> row[cluster]).sum();
                    Arrays.stream(q).forEach(row -> row[cluster] /= mass);
                }
                Arrays.setAll(q, row -> normalised(q[row]));
            }
            codes[i] = Arrays.copyOfRange(q, q.length - N, q.length);
        }
        return codes;
    }

    private static double[] normalised(double[] row) {
        double sum = Arrays.stream(row).sum();
        return Arrays.stream(row).map(v -> v / sum).toArray();
    }

    private static double swapped(double[][] x, double[][] prototypes, List<Integer> assign, double[][][] codes) {
        int views = x.length / N;
        double loss = 0;
        for (int i = 0; i < codes.length; i++) {
            for (int view = 0; view < views; view++) {
                for (int n = 0; n < N && view != assign.get(i); n++) {
                    double[] row = x[view * N + n];
                    double[] logits = Arrays.stream(prototypes).mapToDouble(p -> dot(row, p) / TEMPERATURE).toArray();
                    double total = Math.log(Arrays.stream(logits).map(Math::exp).sum());
                    for (int k = 0; k < logits.length; k++) {
                        loss -= codes[i][n][k] * (logits[k] - total) / (N * (views - 1) * codes.length);
                    }
                }
            }
        }
        return loss;
    }
}
