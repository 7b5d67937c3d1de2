package dev.selfsup.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.loss.cosinesimilarityloss.CosineSimilarityLoss;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class CosineSimilarityLossTest {
    private static final int ROWS = 6;
    private static final int WIDTH = 4;
    private static final double[] ALL = {1, 1, 1, 1, 1, 1};
    private static final double[] SOME = {1, 0, 0.5, 0, 1, 1};

    private final double[] prediction = new Random(1).doubles(ROWS * WIDTH, -1, 1).toArray();
    private final double[] target = new Random(2).doubles(ROWS * WIDTH, -1, 1).toArray();

    @Test
    void theLossIsTheMeanOfShiftLessScaledSimilarity() {
        check(2, 1.5, null, naive(2, 1.5, ALL));
    }

    @Test
    void aMaskChoosesWhatIsAveraged() {
        check(0, 1, SOME, naive(0, 1, SOME));
    }

    @Test
    void aMaskOfWholeNumbersIsOneToo() {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable mask = graph.input("mask", DataType.INT64, 2, 3);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("loss", loss(graph, 0, 1, mask))), Kernels.PLAIN);
        feed(plan);
        plan.input("mask").assign(Nd4j.createFromArray(1L, 0L, 0L, 0L, 0L, 1L).reshape(2, 3));
        plan.run();
        assertEquals(naive(0, 1, new double[] {1, 0, 0, 0, 0, 1}), plan.output("loss").getDouble(0), 1e-12);
    }

    @Test
    void aMaskOfAnotherSizeIsRefused() {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable mask = graph.input("mask", DataType.FLOAT, 2, 2);
        assertEquals("the mask of CosineSimilarityLoss has a number for each of 6 vectors, not the shape [2, 2]",
                assertThrows(IllegalArgumentException.class, () -> loss(graph, 0, 1, mask)).getMessage());
    }

    private void check(double shift, double scale, double[] kept, double expected) {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable mask = kept == null ? null : graph.constant(Nd4j.create(kept).reshape(2, 3));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss(graph, shift, scale, mask)), "loss", List.of("prediction", "target")),
                Kernels.PLAIN);
        feed(plan);
        plan.run();
        assertEquals(expected, plan.output("loss").getDouble(0), 1e-12);
        double[] weights = kept == null ? ALL : kept;
        for (int i = 0; i < prediction.length; i++) {
            assertEquals(slope(prediction, i, shift, scale, weights), plan.output("grad_input/prediction").dup().data().getDouble(i), 1e-8);
            assertEquals(slope(target, i, shift, scale, weights), plan.output("grad_input/target").dup().data().getDouble(i), 1e-8);
        }
    }

    private static SDVariable loss(Graph graph, double shift, double scale, SDVariable mask) {
        SDVariable first = graph.input("prediction", DataType.FLOAT, 2, 3, WIDTH);
        SDVariable second = graph.input("target", DataType.FLOAT, 2, 3, WIDTH);
        var loss = new CosineSimilarityLoss.Factory().create(new CosineSimilarityLoss.Config(shift, scale)).build(graph);
        return mask == null ? loss.of(first, second) : loss.of(first, second, mask);
    }

    private void feed(Plan plan) {
        plan.input("prediction").assign(Nd4j.create(prediction).reshape(2, 3, WIDTH));
        plan.input("target").assign(Nd4j.create(target).reshape(2, 3, WIDTH));
    }

    private double slope(double[] values, int i, double shift, double scale, double[] weights) {
        double kept = values[i];
        values[i] = kept + 1e-6;
        double above = naive(shift, scale, weights);
        values[i] = kept - 1e-6;
        double below = naive(shift, scale, weights);
        values[i] = kept;
        return (above - below) / 2e-6;
    }

    private double naive(double shift, double scale, double[] weights) {
        double sum = 0;
        double total = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += weights[row] * (shift - scale * dot(prediction, target, row) / Math.sqrt(dot(prediction, prediction, row) * dot(target, target, row)));
            total += weights[row];
        }
        return sum / total;
    }

    private static double dot(double[] a, double[] b, int row) {
        double sum = 0;
        for (int i = row * WIDTH; i < (row + 1) * WIDTH; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
