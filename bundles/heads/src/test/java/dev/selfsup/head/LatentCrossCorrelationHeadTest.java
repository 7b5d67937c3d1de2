package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Head;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.head.latentcrosscorrelationhead.LatentCrossCorrelationHead;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The head with a loss that shows what it is given, the matrix itself. */
class LatentCrossCorrelationHeadTest {
    private static final double[][] FIRST = {{1, 2}, {3, -1}, {0, 4}, {2, 2}};
    private static final double[][] SECOND = {{2, 0}, {1, 1}, {-3, 2}, {4, 5}};

    private final Weights weights = new Weights(0, DataType.DOUBLE);

    @Test
    void featuresOfBothViewsAreCorrelatedOverTheBatch() {
        Plan plan = plan();
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                assertEquals(correlation(i, j), plan.output("c").getDouble(i, j), 1e-5);
            }
        }
    }

    @Test
    void bothViewsCountInTheRunningStatisticsAndNothingIsTrained() {
        plan();
        assertEquals(Set.of("head.bn.running_mean", "head.bn.running_var", "head.bn.num_batches_tracked"), weights.state().keySet());
        assertEquals(2, weights.array("head.bn.num_batches_tracked").getLong(0));
        assertEquals(0.9 * 0.1 * 1.5 + 0.1 * 1, weights.array("head.bn.running_mean").getDouble(0), 1e-9);
    }

    @Test
    void mistakesAreNamed() {
        assertEquals("in_channels must be positive, not 0",
                assertThrows(IllegalArgumentException.class, () -> new LatentCrossCorrelationHead.Config(0, graph -> in -> in)).getMessage());
    }

    private Plan plan() {
        Head head = new LatentCrossCorrelationHead.Factory().create(new LatentCrossCorrelationHead.Config(2, graph -> in -> in));
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable first = graph.constant(Nd4j.create(FIRST));
        SDVariable second = graph.constant(Nd4j.create(SECOND));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("c", head.build(graph.in("head")).apply(List.of(first, second)).get(0))), Kernels.PLAIN);
        plan.run();
        return plan;
    }

    private static double correlation(int i, int j) {
        double sum = 0;
        for (int n = 0; n < FIRST.length; n++) {
            sum += (FIRST[n][i] - mean(FIRST, i)) * (SECOND[n][j] - mean(SECOND, j));
        }
        return sum / FIRST.length / deviation(FIRST, i) / deviation(SECOND, j);
    }

    private static double mean(double[][] rows, int column) {
        double sum = 0;
        for (double[] row : rows) {
            sum += row[column];
        }
        return sum / rows.length;
    }

    private static double deviation(double[][] rows, int column) {
        double sum = 0;
        for (double[] row : rows) {
            sum += Math.pow(row[column] - mean(rows, column), 2);
        }
        return Math.sqrt(sum / rows.length + 1e-5);
    }
}
