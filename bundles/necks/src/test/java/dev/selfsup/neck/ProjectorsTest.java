package dev.selfsup.neck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.neck.linearneck.LinearNeck;
import dev.selfsup.neck.mocov2neck.MoCoV2Neck;
import dev.selfsup.neck.nonlinearneck.NonLinearNeck;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ProjectorsTest {
    private static final Norm NONE = new Norm() {
        @Override
        public String abbreviation() {
            return "none";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            return Layer.IDENTITY;
        }
    };

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static Neck linear(int in, boolean pooled) {
        return new LinearNeck.Factory().create(new LinearNeck.Config(in, 2, pooled, List.of()));
    }

    private static Neck perceptron(int in, boolean pooled) {
        return new MoCoV2Neck.Factory().create(new MoCoV2Neck.Config(in, 2, 2, pooled, List.of()));
    }

    private float[] apply(Neck neck, long... shape) {
        SDVariable x = graph.input("x", DataType.FLOAT, shape);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("y", neck.build(graph.in("neck")).apply(List.of(x)).get(0))), Kernels.PLAIN);
        weights.state().forEach((name, array) -> array.assign(name.endsWith("bias") ? 1 : 0));
        weights.state().forEach((name, array) -> {
            if (name.endsWith("weight")) {
                array.putScalar(0, 1);                                               // the first output is the first input
                array.putScalar(array.size(1), -1);                                  // the second is its negative
            }
        });
        plan.input("x").assign(Nd4j.arange(plan.input("x").length()).reshape(shape));
        plan.run();
        return plan.output("y").dup().data().asFloat();
    }

    @Test
    void aLinearNeckAveragesOverTheImageFirst() {
        assertArrayEquals(new float[] {2.5f, -0.5f, 10.5f, -8.5f}, apply(linear(2, true), 2, 2, 2, 2));
        assertEquals(List.of("neck.fc.weight", "neck.fc.bias"), List.copyOf(weights.state().keySet()));
    }

    @Test
    void aLinearNeckThatDoesNotAverageTakesAllPlaces() {
        assertArrayEquals(new float[] {1, 1, 9, -7}, apply(linear(8, false), 2, 2, 2, 2));
    }

    @Test
    void theHiddenFeaturesOfAPerceptronAreRectified() {
        assertArrayEquals(new float[] {3.5f, -1.5f, 11.5f, -9.5f}, apply(perceptron(2, true), 2, 2, 2, 2));
        assertEquals(List.of("neck.mlp.0.weight", "neck.mlp.0.bias", "neck.mlp.2.weight", "neck.mlp.2.bias"), List.copyOf(weights.state().keySet()));
    }

    @Test
    void rowsPassAsTheyAre() {
        assertArrayEquals(new float[] {2, 0, 4, -2}, apply(perceptron(2, false), 2, 2));
    }

    @Test
    void aSingleLayerGivesTheHiddenFeaturesNormalised() {
        Neck neck = new NonLinearNeck.Factory().create(new NonLinearNeck.Config(2, 3, 5, 1, false, true, true, false, true, false, NONE, List.of()));
        Graph place = new Graph(weights, true, Collectives.SINGLE);
        SDVariable y = neck.build(place).apply(List.of(place.input("x", DataType.FLOAT, 4, 2))).get(0);
        assertArrayEquals(new long[] {4, 3}, place.shape(y));
        weights.allocate();
        assertEquals(List.of("fc0.weight"), List.copyOf(weights.state().keySet()));
    }

    @Test
    void severalStagesAreRefused() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 2);
        Neck.Network linear = linear(2, true).build(graph.in("a"));
        Neck.Network perceptron = perceptron(2, true).build(graph.in("b"));
        assertEquals("LinearNeck takes the features of one stage, not of 2; set the backbone's out_indices to one index",
                assertThrows(IllegalArgumentException.class, () -> linear.apply(List.of(x, x))).getMessage());
        assertEquals("MoCoV2Neck takes the features of one stage, not of 2; set the backbone's out_indices to one index",
                assertThrows(IllegalArgumentException.class, () -> perceptron.apply(List.of(x, x))).getMessage());
    }

    @Test
    void channelsMustBePositive() {
        assertEquals("in_channels and out_channels must be positive, not 0, 2",
                assertThrows(IllegalArgumentException.class, () -> linear(0, true)).getMessage());
        assertEquals("in_channels, hid_channels and out_channels must be positive, not -1, 2, 2",
                assertThrows(IllegalArgumentException.class, () -> perceptron(-1, true)).getMessage());
    }
}
