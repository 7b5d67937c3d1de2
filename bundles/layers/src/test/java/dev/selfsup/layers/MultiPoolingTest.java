package dev.selfsup.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pooling to a number of windows, against windows written out, and the pooling of a ResNet-50's stages. */
class MultiPoolingTest {
    @Test
    void everyWindowIsTheMeanOfItsPixelsWhetherTheyOverlapOrNot() {
        for (int[] size : new int[][] {{6, 4, 2}, {7, 5, 2}, {8, 8, 3}, {2, 3, 4}, {1, 1, 3}}) {
            INDArray image = Nd4j.rand(DataType.DOUBLE, 2, 3, size[0], size[1]);
            Graph graph = graph();
            SDVariable pooled = new AdaptiveAveragePool(size[2]).apply(graph, graph.constant(image));
            INDArray got = run(graph, pooled);
            for (int row = 0; row < size[2]; row++) {
                for (int column = 0; column < size[2]; column++) {
                    assertEquals(mean(image, window(row, size[0], size[2]), window(column, size[1], size[2])), got.getDouble(1, 2, row, column), 1e-12);
                }
            }
        }
    }

    private static int[] window(int number, int size, int side) {
        return new int[] {(int) Math.floor((double) number * size / side), (int) Math.ceil((number + 1.0) * size / side)};
    }

    private static double mean(INDArray image, int[] rows, int[] columns) {
        double sum = 0;
        for (int row = rows[0]; row < rows[1]; row++) {
            for (int column = columns[0]; column < columns[1]; column++) {
                sum += image.getDouble(1, 2, row, column);
            }
        }
        return sum / ((rows[1] - rows[0]) * (columns[1] - columns[0]));
    }

    @Test
    void bothWaysGiveAboutNineThousandFeaturesOfEveryStage() {
        int[] sides = {112, 56, 28, 14, 7};
        for (MultiPooling.Type type : MultiPooling.Type.values()) {
            Graph graph = graph();
            List<SDVariable> stages = new ArrayList<>();
            for (int stage = 0; stage < sides.length; stage++) {
                stages.add(graph.input("stage" + stage, DataType.FLOAT, 1, MultiPooling.channels(stage), sides[stage], sides[stage]));
            }
            List<SDVariable> pooled = new MultiPooling(type, List.of(0, 1, 2, 3, 4)).apply(graph, stages);
            for (int stage = 0; stage < sides.length; stage++) {
                long[] shape = graph.shape(pooled.get(stage));
                assertEquals(MultiPooling.features(stage), shape[1] * shape[2] * shape[3], type + " of stage " + stage);
            }
        }
        assertArrayEquals(new int[] {9216, 9216, 8192, 9216, 8192},
                new int[] {MultiPooling.features(0), MultiPooling.features(1), MultiPooling.features(2), MultiPooling.features(3), MultiPooling.features(4)});
    }

    @Test
    void stagesThatDoNotFitAreNamed() {
        assertEquals("in_indices must be among 0 to 4, not [1, 5]",
                assertThrows(IllegalArgumentException.class, () -> new MultiPooling(MultiPooling.Type.ADAPTIVE, List.of(1, 5))).getMessage());
        MultiPooling pooling = new MultiPooling(MultiPooling.Type.ADAPTIVE, List.of(3, 4));
        assertEquals("in_indices names 2 stages, but there are features of 0",
                assertThrows(IllegalArgumentException.class, () -> pooling.apply(graph(), List.of())).getMessage());
    }

    private static Graph graph() {
        return new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
    }

    private static INDArray run(Graph graph, SDVariable value) {
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("value", value)), Kernels.PLAIN);
        plan.run();
        return plan.output("value");
    }
}
