package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.head.latentpredicthead.LatentPredictHead;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The head with a predictor that multiplies by a weight, and a loss that is the sum of products. */
class LatentPredictHeadTest {
    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void thePredictionIsComparedWithATargetThatGetsNoGradient() {
        LatentPredictHead.Config config = new LatentPredictHead.Config(
                place -> in -> List.of(in.get(0).mul(in.get(1)).sum()),
                place -> in -> List.of(in.get(0).mul(place.weight("scale", LayerType.NONE, Fill.constant(3), 1))));
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 2);
        SDVariable target = graph.input("target", DataType.FLOAT, 2, 2);
        SDVariable loss = new LatentPredictHead.Factory().create(config).build(graph.in("head")).loss(x, target);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of("x", "target")), Kernels.PLAIN);
        plan.input("x").assign(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}));
        plan.input("target").assign(Nd4j.createFromArray(new float[][] {{1, 0}, {0, 10}}));
        plan.run();
        assertEquals(3 * (1 + 40), plan.output("loss").getDouble(0));
        assertEquals(30, plan.output("grad_input/x").getDouble(1, 1));
        assertFalse(plan.outputs().containsKey("grad_input/target"));
        assertEquals(List.of("head.predictor.scale"), plan.trained());
        assertEquals(List.of("head#0.in.0", "head#0.in.1", "head#0.out"), List.copyOf(graph.taps().keySet()));
    }
}
