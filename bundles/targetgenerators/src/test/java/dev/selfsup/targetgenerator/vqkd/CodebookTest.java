package dev.selfsup.targetgenerator.vqkd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CodebookTest {
    private static final double DECAY = 0.9;
    private static final INDArray ROWS = Nd4j.create(new double[][] {{2, 0}, {3, 1}, {0, -5}, {-1, -6}, {1, 0.1}});

    private final Weights weights = new Weights(1, DataType.DOUBLE);

    private Plan plan(int entries, boolean training, boolean fromClusters) {
        Graph graph = new Graph(weights, training, Collectives.SINGLE);
        Codebook codebook = new Codebook(entries, 2, DECAY, fromClusters);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("nearest", codebook.entries(graph, graph.constant(ROWS)))), Kernels.PLAIN);
        return plan;
    }

    @Test
    void usedEntriesFollowTheMeanDirectionOfTheirRowsAndOthersStay() {
        Plan plan = plan(3, true, false);
        weights.state().get("embedding.weight").assign(Nd4j.create(new double[][] {{1, 0}, {0, -1}, {-1, 0}}));
        weights.state().get("cluster_size").assign(1);
        plan.run();
        assertArrayEquals(new long[] {0, 0, 1, 1, 0}, plan.output("nearest").dup().data().asLong());
        assertArrayEquals(new double[] {0.9 + 0.3, 0.9 + 0.2, 0.9}, weights.state().get("cluster_size").dup().data().asDouble(), 1e-12);
        double x = 1 + 3 / Math.sqrt(10) + 1 / Math.sqrt(1.01);                      // of rows of length one
        double y = 1 / Math.sqrt(10) + 0.1 / Math.sqrt(1.01);
        double length = Math.hypot(x, y);
        double movedX = DECAY + (1 - DECAY) * x / length;
        double movedY = (1 - DECAY) * y / length;
        INDArray moved = weights.state().get("embedding.weight");
        assertEquals(movedX / Math.hypot(movedX, movedY), moved.getDouble(0, 0), 1e-12);
        assertEquals(movedY / Math.hypot(movedX, movedY), moved.getDouble(0, 1), 1e-12);
        assertArrayEquals(new double[] {-1, 0}, moved.getRow(2).dup().data().asDouble(), 1e-12);
    }

    @Test
    void outsideOfTrainingOnlySizesChange() {
        Plan plan = plan(2, false, false);
        INDArray before = weights.state().get("embedding.weight").dup();
        plan.run();
        assertEquals(before, weights.state().get("embedding.weight"));
        assertEquals(5 * (1 - DECAY), weights.state().get("cluster_size").sumNumber().doubleValue(), 1e-12);
    }

    @Test
    void itBeginsOnceAsTheMiddlesOfClusters() {
        Plan plan = plan(2, false, true);
        plan.input("rand/randperm#0").assign(Nd4j.createFromArray(0L, 2, 1, 3, 4));
        plan.run();
        INDArray begun = weights.state().get("embedding.weight").dup();
        assertEquals(1, weights.state().get("embedding.initted").getDouble(0));
        assertArrayEquals(new long[] {0, 0, 1, 1, 0}, plan.output("nearest").dup().data().asLong());
        double x = 1 + 3 / Math.sqrt(10) + 1 / Math.sqrt(1.01);
        double y = 1 / Math.sqrt(10) + 0.1 / Math.sqrt(1.01);
        assertArrayEquals(new double[] {x / Math.hypot(x, y), y / Math.hypot(x, y)}, begun.getRow(0).dup().data().asDouble(), 1e-12);
        plan.input("rand/randperm#0").assign(Nd4j.createFromArray(4L, 3, 2, 1, 0));
        plan.run();
        assertEquals(begun, weights.state().get("embedding.weight"));
    }

    @Test
    void thereMayBeFewerRowsThanEntries() {
        Plan plan = plan(7, false, true);
        plan.input("rand/randperm#0").assign(Nd4j.createFromArray(0L, 1, 2, 3, 4));
        plan.run();
        assertEquals(7, weights.state().get("embedding.weight").norm2(1).sumNumber().doubleValue(), 1e-9);
    }

    @Test
    void optionsThatCannotBeAreRefused() {
        assertEquals("decay must be from 0 to 1, not 1.5", mistake(4, 1.5));
        assertEquals("num_embed and embed_dims must be positive, not 0 and 2", mistake(0, 0.9));
        assertEquals("encoder_config must be given where neither onnx nor init_cfg names an .onnx file",
                assertThrows(IllegalArgumentException.class, () -> new VQKD.Factory().create(config(4, 0.9))).getMessage());
    }

    private static VQKD.Config config(int entries, double decay) {
        return new VQKD.Config(Optional.empty(), Optional.empty(), entries, 2, decay, 1, true, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static String mistake(int entries, double decay) {
        return assertThrows(IllegalArgumentException.class, () -> config(entries, decay)).getMessage();
    }
}
