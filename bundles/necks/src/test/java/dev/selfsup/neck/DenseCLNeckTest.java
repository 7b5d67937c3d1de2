package dev.selfsup.neck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.neck.denseclneck.DenseCLNeck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The neck on one channel: the projector of the image multiplies by 4, that of places by 9. */
class DenseCLNeckTest {
    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static Neck neck(Integer grid) {
        return new DenseCLNeck.Factory().create(new DenseCLNeck.Config(1, 1, 1, Optional.ofNullable(grid), List.of()));
    }

    private Plan plan(Neck neck, long height, long width) {
        SDVariable x = graph.input("x", DataType.FLOAT, 1, 1, height, width);
        List<SDVariable> out = neck.build(graph.in("neck")).apply(List.of(x));
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        for (int i = 0; i < out.size(); i++) {
            outputs.put("out." + i, out.get(i));
        }
        Plan plan = Plan.of(graph, Plan.Wanted.values(outputs), Kernels.PLAIN);
        weights.state().forEach((name, array) -> array.assign(name.endsWith("bias") ? 0 : name.contains("mlp2") ? 3 : 2));
        plan.input("x").assign(Nd4j.arange(height * width).reshape(1, 1, height, width));
        plan.run();
        return plan;
    }

    private static float[] values(Plan plan, int output) {
        return plan.output("out." + output).dup().data().asFloat();
    }

    @Test
    void imageAndPlacesHaveProjectorsOfTheirOwn() {
        Plan plan = plan(neck(null), 2, 2);
        assertArrayEquals(new float[] {4 * 1.5f}, values(plan, 0));
        assertArrayEquals(new float[] {0, 9, 18, 27}, values(plan, 1));
        assertArrayEquals(new float[] {9 * 1.5f}, values(plan, 2));
        assertEquals(List.of("neck.mlp.0.weight", "neck.mlp.0.bias", "neck.mlp.2.weight", "neck.mlp.2.bias", "neck.mlp2.0.weight", "neck.mlp2.0.bias",
                "neck.mlp2.2.weight", "neck.mlp2.2.bias"), List.copyOf(weights.state().keySet()));
    }

    @Test
    void placesAreAveragedToTheGrid() {
        Plan plan = plan(neck(2), 2, 4);
        assertArrayEquals(new long[] {1, 1, 4}, plan.output("out.1").shape());
        assertArrayEquals(new float[] {4.5f, 22.5f, 40.5f, 58.5f}, values(plan, 1));
    }

    @Test
    void windowsOfAGridOverlapWhereItDoesNotDivideTheImage() {
        assertArrayEquals(new float[] {9 * 2, 9 * 3, 9 * 5, 9 * 6}, values(plan(neck(2), 3, 3), 1));
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertEquals("num_grid must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> neck(0)).getMessage());
        SDVariable rows = graph.input("rows", DataType.FLOAT, 2, 1);
        Neck.Network built = neck(null).build(graph.in("a"));
        assertEquals("DenseCLNeck takes features of places, [N, C, H, W], not of 2 dimensions",
                assertThrows(IllegalArgumentException.class, () -> built.apply(List.of(rows))).getMessage());
    }
}
