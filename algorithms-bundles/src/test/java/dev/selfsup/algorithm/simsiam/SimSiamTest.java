package dev.selfsup.algorithm.simsiam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** SimSiam with one number for an image and one weight for an encoder; the head gives a hundred times the first and once the second. */
class SimSiamTest {
    @Test
    void eachViewIsPredictedFromTheOtherByOneEncoder() {
        Weights weights = new Weights(0, DataType.DOUBLE);
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SimSiam.Config config = new SimSiam.Config(
                place -> images -> List.of(images.mul(place.weight("weight", LayerType.NONE, Fill.constant(2), 1))),
                place -> in -> in,
                place -> in -> List.of(in.get(0).mul(100).mul(in.get(0)).add(in.get(1)).sum()), null, List.of());
        SDVariable first = graph.input("inputs.0", DataType.FLOAT, 1, 1);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, 1, 1);
        Losses losses = new SimSiam.Factory().create(config).loss(graph, new Batch(List.of(first, second), Map.of()));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", losses.total()), "loss", List.of()), Kernels.PLAIN);
        plan.input("inputs.0").assign(3);
        plan.input("inputs.1").assign(5);
        plan.run();
        assertEquals(0.5 * (100 * 6 * 6 + 10 + 100 * 10 * 10 + 6), plan.output("loss").getDouble(0));
        assertEquals(List.of("backbone.weight"), List.copyOf(weights.state().keySet()));
    }
}
