package dev.selfsup.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.model.Memory;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.memory.simplememory.SimpleMemory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class SimpleMemoryTest {
    private final Weights weights = new Weights(5);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static Memory.Instances memory(int length, int width) {
        return (Memory.Instances) new SimpleMemory.Factory().create(new SimpleMemory.Config(length, width, 0.25));
    }

    @Test
    void featuresAreRandomDirectionsAtFirst() {
        memory(6, 4).build(graph);
        weights.allocate();
        for (int i = 0; i < 6; i++) {
            assertEquals(1, weights.array("feature_bank").getRow(i).norm2Number().doubleValue(), 1e-6);
        }
        assertFalse(weights.array("feature_bank").getRow(0).equalsWithEps(weights.array("feature_bank").getRow(1), 0.1));
        assertEquals(List.of("feature_bank", "multinomial.prob", "multinomial.alias"), List.copyOf(weights.state().keySet()));
    }

    @Test
    void newFeaturesAreAveragedIntoTheirPlacesAfterTheRun() {
        Memory.Instances.Bank bank = memory(3, 2).build(graph);
        SDVariable before = bank.features().mul(1);
        bank.update(graph.input("index", DataType.INT64, 1), graph.input("z", DataType.FLOAT, 1, 2));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("before", before)), Kernels.PLAIN);
        weights.array("feature_bank").assign(Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {0, -1}}));
        plan.input("index").assign(1);
        plan.input("z").assign(Nd4j.createFromArray(new float[][] {{5, 0}}));
        plan.run();
        assertArrayEquals(new float[] {1, 0, 0, 1, 0, -1}, plan.output("before").dup().data().asFloat());
        float length = (float) Math.sqrt(0.25 * 0.25 + 0.75 * 0.75);
        assertArrayEquals(new float[] {1, 0, 0.25f / length, 0.75f / length, 0, -1}, weights.array("feature_bank").dup().data().asFloat(), 1e-6f);
    }

    @Test
    void ensuredNegativesAreNeverTheImageItselfAndOthersSometimesAre() {
        assertTrue(own(false) > 0);
        assertEquals(0, own(true));
    }

    /** How many of 2 times 3000 negatives drawn from 4 images are the image itself; the rest must hit the others about evenly. */
    private static int own(boolean ensured) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable index = graph.input("index", DataType.INT64, 2);
        memory(4, 2).build(graph).others(index, 3000, ensured);
        Draw draw = graph.draws().get(0);
        assertEquals("rand/bank_index#0", draw.name());
        double[] values = new double[6000];
        draw.source().fill(values, new float[] {3, 1}, SampleRandom.of(2));
        int[] first = new int[4];
        int own = 0;
        for (int i = 0; i < values.length; i++) {
            own += values[i] == (i < 3000 ? 3 : 1) ? 1 : 0;
            first[(int) values[i]] += i < 3000 ? 1 : 0;
        }
        assertTrue(Arrays.stream(first, 0, 3).allMatch(count -> Math.abs(count - (ensured ? 1000 : 750)) < 150), Arrays.toString(first));
        return own;
    }

    @Test
    void wrongOptionsAreRefused() {
        assertMessage("length and feat_dim must be positive, not 0 and 4", 0, 4, 0.5);
        assertMessage("momentum must be from 0 to 1, not 1.5", 3, 4, 1.5);
        assertMessage("length must be at most 16777216, not 16777217: places of images are drawn in single precision", (1 << 24) + 1, 4, 0.5);
    }

    private static void assertMessage(String message, int length, int width, double momentum) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> new SimpleMemory.Config(length, width, momentum)).getMessage());
    }
}
