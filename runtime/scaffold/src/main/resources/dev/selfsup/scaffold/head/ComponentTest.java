package __package__;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Two anchors, of which each has three negatives; the margin is 0.5. */
class __Type__Test {
    private static final double[][] POSITIVE = {{0.9}, {0.1}};
    private static final double[][] NEGATIVE = {{0.3, 0.6, -0.2}, {0.2, -0.9, 0.0}};

    @Test
    void theLossIsTheMeanOfWhatIsMissingToTheMargin() {
        assertEquals((0 + 0.2 + 0 + 0.6 + 0 + 0.4) / 6, run().output("loss").getDouble(0), 1e-9);
    }

    @Test
    void onlyPairsWithinTheMarginGetAGradient() {
        Plan plan = run();
        double[][] expected = {{0, 1, 0}, {1, 0, 1}};
        for (int n = 0; n < 2; n++) {
            for (int k = 0; k < 3; k++) {
                assertEquals(expected[n][k] / 6, plan.output("grad_input/negative").getDouble(n, k), 1e-9);
            }
        }
        assertEquals(-1.0 / 6, plan.output("grad_input/positive").getDouble(0, 0), 1e-9);
        assertEquals(-2.0 / 6, plan.output("grad_input/positive").getDouble(1, 0), 1e-9);
    }

    @Test
    void aMarginThatIsNotPositiveIsRefused() {
        assertEquals("margin must be positive, not 0.0", assertThrows(IllegalArgumentException.class, () -> new __Type__.Config(0)).getMessage());
    }

    private static Plan run() {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable positive = graph.input("positive", DataType.FLOAT, 2, 1);
        SDVariable negative = graph.input("negative", DataType.FLOAT, 2, 3);
        SDVariable loss = new __Type__.Factory().create(new __Type__.Config(0.5)).build(graph.in("head")).loss(positive, negative);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of("positive", "negative")), Kernels.PLAIN);
        plan.input("positive").assign(Nd4j.create(POSITIVE));
        plan.input("negative").assign(Nd4j.create(NEGATIVE));
        plan.run();
        return plan;
    }
}
