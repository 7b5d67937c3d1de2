package dev.selfsup.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.loss.crosscorrelationloss.CrossCorrelationLoss;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The loss of Barlow Twins against its formula written out. */
class CrossCorrelationLossTest {
    private static final double[][] MATRIX = {{0.9, 0.2, -0.4}, {0.1, -0.3, 0.5}, {0.7, 0.0, 1.2}};
    private static final double LAMBDA = 0.02;

    @Test
    void theDiagonalIsDrawnToOneAndTheRestToZero() {
        Plan plan = plan(3, 3);
        plan.input("c").assign(Nd4j.create(MATRIX));
        plan.run();
        double expected = 0;
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                double target = i == j ? 1 : 0;
                double weight = i == j ? 1 : LAMBDA;
                expected += weight * (MATRIX[i][j] - target) * (MATRIX[i][j] - target);
                assertEquals(2 * weight * (MATRIX[i][j] - target), plan.output("grad_input/c").getDouble(i, j), 1e-12);
            }
        }
        assertEquals(expected, plan.output("loss").getDouble(0), 1e-12);
    }

    @Test
    void mistakesAreNamed() {
        assertEquals("lambd must not be negative: -1.0",
                assertThrows(IllegalArgumentException.class, () -> new CrossCorrelationLoss.Config(-1)).getMessage());
        assertEquals("CrossCorrelationLoss takes a square matrix, not an array of shape [2, 3]",
                assertThrows(IllegalArgumentException.class, () -> plan(2, 3)).getMessage());
    }

    private static Plan plan(long... shape) {
        Loss loss = new CrossCorrelationLoss.Factory().create(new CrossCorrelationLoss.Config(LAMBDA));
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable value = loss.build(graph.in("loss")).of(graph.input("c", DataType.FLOAT, shape));
        return Plan.of(graph, new Plan.Wanted(Map.of("loss", value), "loss", List.of("c")), Kernels.PLAIN);
    }
}
