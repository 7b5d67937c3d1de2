package dev.selfsup.algorithm.mocov3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.Detach;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** MoCoV3 with one number for an image and one weight for an encoder; the head multiplies, the target detached. */
class MoCoV3Test {
    private final Weights weights = new Weights(0, DataType.DOUBLE);

    private static MoCoV3.Config config(double momentum) {
        return new MoCoV3.Config(
                graph -> images -> List.of(images.mul(graph.weight("weight", LayerType.NONE, Fill.constant(2), 1))),
                graph -> in -> in,
                graph -> in -> List.of(in.get(0).mul(graph.apply(new Detach(), in.get(1))).sum()), momentum, null, List.of());
    }

    @Test
    void eachViewIsComparedWithTheOtherOneOfTheMomentumEncoder() {
        Graph graph = new Graph(weights, true, Collectives.SINGLE, new Graph.Run(2, new PlainUpdates()));
        SDVariable first = graph.input("inputs.0", DataType.FLOAT, 1, 1);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, 1, 1);
        Losses losses = new MoCoV3.Factory().create(config(0.8)).loss(graph, new Batch(List.of(first, second), Map.of()));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", losses.total()), "loss", List.of()), Kernels.PLAIN);
        plan.input("inputs.0").assign(3);
        plan.input("inputs.1").assign(5);
        plan.run();
        assertEquals(2 * 3 * 2 * 5 + 2 * 5 * 2 * 3, plan.output("loss").getDouble(0), "the momentum encoder begins as a copy");
        assertEquals(3 * 2 * 5 + 5 * 2 * 3, weights.gradient().getDouble(0), "a gradient by the online weight alone");
        weights.flat().assign(4);
        plan.run();
        double average = 0.9 * 2 + 0.1 * 4;                                           // half way along the cosine from 0.8 to 1
        assertEquals(average, weights.array("momentum_encoder.module.0.weight").getDouble(0), 1e-12);
        assertEquals(2 * (4 * 3 * average * 5), plan.output("loss").getDouble(0), 1e-9);
        assertEquals(2, weights.array("momentum_encoder.steps").getLong(0));
        assertEquals(List.of("backbone.weight"), plan.trained());
    }

    @Test
    void theMomentumIsAShare() {
        assertEquals("base_momentum must be above 0 and below 1, not 0.0",
                assertThrows(IllegalArgumentException.class, () -> config(0)).getMessage());
    }
}
