package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.NearestRows;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class NearestRowsTest {
    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT", "DOUBLE"})
    void rowsAreThoseOfTheLargestSimilarityWithinTheirSampleAndTheFirstOfEqualOnes(DataType precision) {
        Graph graph = new Graph(new Weights(0, precision), true, Collectives.SINGLE);
        SDVariable similarities = graph.input("s", DataType.FLOAT, 2, 3, 2);
        SDVariable rows = graph.input("x", DataType.FLOAT, 4, 1);
        SDVariable found = graph.apply(new NearestRows(), similarities);
        SDVariable taken = graph.apply(new GatherRows(), rows, found);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("found", found, "loss", taken.sum()), "loss", List.of("s", "x")), Kernels.fastest());
        plan.input("s").assign(Nd4j.createFromArray(new float[][][] {{{1, 2}, {4, 3}, {0, 0}}, {{-2, -1}, {5, 6}, {9, 7}}}));
        plan.input("x").assign(Nd4j.createFromArray(new float[][] {{10}, {20}, {30}, {40}}));
        plan.run();
        assertArrayEquals(new long[] {1, 0, 0, 3, 3, 2}, plan.output("found").dup().data().asLong());
        assertEquals(20 + 10 + 10 + 40 + 40 + 30, plan.output("loss").getDouble(0));
        assertArrayEquals(new double[] {2, 1, 1, 2}, plan.output("grad_input/x").dup().data().asDouble());
    }

    @Test
    void otherShapesAreRefused() {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3);
        assertEquals("nearest_rows takes similarities [N, L, M], not [2, 3]",
                assertThrows(IllegalArgumentException.class, () -> graph.shape(graph.apply(new NearestRows(), x))).getMessage());
    }
}
