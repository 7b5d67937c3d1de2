package dev.selfsup.algorithm.cae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Backbone;
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

/** CAE whose encoder is one weight: each token is that weight times the number of its patch's group, 1 where it is seen and 10 where it is hidden. */
class CAETest {
    private static final int BATCH = 1;
    private static final int PATCHES = 4;
    private final Weights weights = new Weights(0, DataType.DOUBLE);

    /** Tokens that hold the weight, [N, 1 + V, 1]. */
    private static final class Encoder implements Backbone {
        @Override
        public Network build(Graph graph) {
            SDVariable weight = graph.weight("weight", LayerType.NONE, Fill.normal(0, 1), 1);
            graph.frozen().weight("pos_embed", LayerType.NONE, Fill.ONES, 1, 1 + PATCHES, 1);
            return new Network() {
                @Override
                public List<SDVariable> apply(SDVariable images) {
                    throw new AssertionError("masked only");
                }

                @Override
                public List<SDVariable> apply(SDVariable images, SDVariable mask, int hidden) {
                    return List.of(graph.constant(ones(1 + PATCHES - hidden), BATCH, 1 + PATCHES - hidden, 1).mul(weight));
                }
            };
        }
    }

    private static float[] ones(int count) {
        float[] ones = new float[count];
        java.util.Arrays.fill(ones, 1);
        return ones;
    }

    /** The losses are the sum of what the encoder says of the patches that are seen, and the product of its weight with the teacher's tokens. */
    private static CAE.Config config(double momentum) {
        return new CAE.Config(new Encoder(), graph -> in -> List.of(in.get(0), in.get(0)),
                graph -> in -> List.of(in.get(0).sum().mul(0), in.get(2).sum().mul(graph.apply(new Detach(), in.get(3)).sum())),
                graph -> (images, batch) -> List.of(images), momentum, null, List.of());
    }

    private Plan plan(double momentum, long ones) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE, new Graph.Run(2, new PlainUpdates()));
        graph.tell("mask", ones);
        SDVariable images = graph.input("inputs.0", DataType.FLOAT, BATCH, 1, 2, 2);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, BATCH, 1, 2, 2);
        Losses losses = new CAE.Factory().create(config(momentum)).loss(graph, new Batch(List.of(images, second), Map.of("mask", graph.input("mask", DataType.INT64, BATCH, 2, 2))));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", losses.total()), "loss", List.of()), Kernels.PLAIN);
        return plan;
    }

    @Test
    void theTeacherBeginsAsTheEncoderAndFollowsAfterItHasBeenUsed() {
        Plan plan = plan(0.75, 1);
        double first = weights.array("backbone.weight").getDouble(0);
        assertEquals(first, weights.array("teacher.weight").getDouble(0), "a copy");
        weights.flat().assign(2);
        plan.run();
        assertEquals(3 * 2 * first, plan.output("loss").getDouble(0), 1e-12, "three patches seen, and the teacher as it was");
        assertEquals(3 * first, weights.gradient().getDouble(0), 1e-12, "no gradient flows through the teacher");
        double followed = 0.75 * first + 0.25 * 2;
        assertEquals(followed, weights.array("teacher.weight").getDouble(0), 1e-12);
        weights.flat().assign(5);
        plan.run();
        assertEquals(3 * 5 * followed, plan.output("loss").getDouble(0), 1e-12);
        assertEquals(List.of("backbone.weight"), plan.trained());
    }

    @Test
    void withoutMomentumTheTeacherIsTheEncoderOfTheStepBefore() {
        Plan plan = plan(0, 1);
        weights.flat().assign(2);
        plan.run();
        assertEquals(2, weights.array("teacher.weight").getDouble(0));
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertEquals("base_momentum must be from 0 to 1, not 1.5", assertThrows(IllegalArgumentException.class, () -> config(1.5)).getMessage());
        assertEquals("4 of the 4 patches of an image are to be hidden: some must be, and some not",
                assertThrows(IllegalArgumentException.class, () -> plan(0, 4)).getMessage());
    }
}
