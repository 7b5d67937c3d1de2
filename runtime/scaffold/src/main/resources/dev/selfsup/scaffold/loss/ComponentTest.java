package __package__;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The loss against its formula written out, in double precision, and against finite differences. */
class __Type__Test {
    private static final long[] LABELS = {2, 0};

    private final double[][] logits = {{0.3, -1.2, 2.0}, {1.1, 0.4, -0.7}};

    @Test
    void theLossIsTheMeanSquaredDistanceToTheTruth() {
        assertEquals(naive(), run().output("loss").getDouble(0), 1e-9);
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        Plan plan = run();
        double step = 1e-6;
        for (int n = 0; n < 2; n++) {
            for (int k = 0; k < 3; k++) {
                double kept = logits[n][k];
                logits[n][k] = kept + step;
                double above = naive();
                logits[n][k] = kept - step;
                double below = naive();
                logits[n][k] = kept;
                assertEquals((above - below) / (2 * step), plan.output("grad_input/logits").getDouble(n, k), 1e-7);
            }
        }
    }

    @Test
    void aWeightThatIsNotPositiveIsRefused() {
        assertEquals("loss_weight must be positive, not -1.0", assertThrows(IllegalArgumentException.class, () -> new __Type__.Config(-1)).getMessage());
    }

    private Plan run() {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable x = graph.input("logits", DataType.FLOAT, 2, 3);
        SDVariable labels = graph.input("labels", DataType.INT64, 2);
        SDVariable loss = new __Type__.Factory().create(new __Type__.Config(2)).build(graph.in("loss")).of(x, labels);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of("logits")), Kernels.PLAIN);
        plan.input("logits").assign(Nd4j.create(logits));
        plan.input("labels").assign(Nd4j.createFromArray(LABELS));
        plan.run();
        return plan;
    }

    private double naive() {
        double loss = 0;
        for (int n = 0; n < 2; n++) {
            double sum = Arrays.stream(logits[n]).map(Math::exp).sum();
            for (int k = 0; k < 3; k++) {
                double distance = Math.exp(logits[n][k]) / sum - (LABELS[n] == k ? 1 : 0);
                loss += distance * distance;
            }
        }
        return 2 * loss / 2;                                                             // loss_weight 2, two samples
    }
}
