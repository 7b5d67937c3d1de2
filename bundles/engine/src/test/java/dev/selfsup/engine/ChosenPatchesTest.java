package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.op.HiddenPlaces;
import dev.selfsup.engine.op.OrderedMasking;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Which patches of an image a network sees: by a mask, by an order, by an order that is drawn by their importance. */
class ChosenPatchesTest {
    private final Weights weights = new Weights(3);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private Plan plan(Operation operation, SDVariable in) {
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        List<SDVariable> out = graph.applyAll(operation, in);
        for (int i = 0; i < out.size(); i++) {
            outputs.put("out." + i, out.get(i));
        }
        return Plan.of(graph, Plan.Wanted.values(outputs), Kernels.fastest());
    }

    private static long[] longs(Plan plan, int output) {
        return plan.output("out." + output).dup().data().asLong();
    }

    @Test
    void aMaskThatHidesAsManyPatchesOfEveryImageIsSplit() {
        Plan plan = plan(new HiddenPlaces(2), graph.input("mask", DataType.INT64, 2, 2, 2));
        plan.input("mask").assign(Nd4j.createFromArray(0L, 1L, 1L, 0L, 1L, 0L, 0L, 1L).reshape(2, 2, 2));
        plan.run();
        assertArrayEquals(new long[] {1, 2, 0, 3}, longs(plan, 0));
        assertArrayEquals(new long[] {1, 2, 4, 7}, longs(plan, 1));
        assertArrayEquals(new long[] {0, 3, 1, 2}, longs(plan, 2));
        assertArrayEquals(new long[] {0, 3, 5, 6}, longs(plan, 3));
    }

    @Test
    void aMaskThatHidesMorePatchesOfOneImageIsToldWithItsImage() {
        Plan plan = plan(new HiddenPlaces(2), graph.input("mask", DataType.INT64, 2, 4));
        plan.input("mask").assign(Nd4j.createFromArray(0L, 1L, 1L, 0L, 1L, 0L, 1L, 1L).reshape(2, 4));
        assertEquals("the mask hides 3 of the 4 patches of image 1 of the batch, and not 2 as of others: the mask generator of the pipeline must hide as many of every image",
                assertThrows(IllegalArgumentException.class, plan::run).getMessage());
    }

    @Test
    void someMustBeHiddenAndSomeNot() {
        SDVariable mask = graph.input("mask", DataType.INT64, 2, 4);
        assertEquals("4 of the 4 patches of an image are to be hidden: some must be, and some not",
                assertThrows(IllegalArgumentException.class, () -> graph.shape(graph.applyAll(new HiddenPlaces(4), mask).get(0))).getMessage());
        assertEquals("of 4 patches 4 cannot be visible: some must be, and some not",
                assertThrows(IllegalArgumentException.class, () -> graph.shape(graph.applyAll(new OrderedMasking(4), mask).get(0))).getMessage());
    }

    @Test
    void anOrderOfPatchesIsSplitAndCanBeRestored() {
        Plan plan = plan(new OrderedMasking(1), graph.input("order", DataType.INT64, 2, 3));
        plan.input("order").assign(Nd4j.createFromArray(2L, 0L, 1L, 1L, 2L, 0L).reshape(2, 3));
        plan.run();
        assertArrayEquals(new long[] {1, 2, 0, 2, 0, 1}, longs(plan, 0), "places");
        assertArrayEquals(new long[] {2, 1}, longs(plan, 1), "visible");
        assertArrayEquals(new long[] {0, 1, 2, 0}, longs(plan, 2), "masked");
        assertArrayEquals(new long[] {2, 4}, longs(plan, 3), "rows of the visible ones");
    }

    @Test
    void importantPatchesComeFirstAsOftenAsTheyWeigh() {
        float[] importance = {1, 6, 3, 0};
        int[] first = new int[4];
        int draws = 20000;
        double[] order = new double[4];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < draws; i++) {
            Draw.multinomial(4).fill(order, importance, random);
            first[(int) order[0]]++;
            assertEquals(3, order[3], "what weighs nothing comes last");
        }
        for (int i = 0; i < 4; i++) {
            double expected = importance[i] / 10.0;
            double error = Math.sqrt(draws * expected * (1 - expected));
            assertEquals(draws * expected, first[i], 4 * error + 1e-9, "patch " + i);
        }
    }

    /** The first row of each attention, that of the class token, weighs the patches after it; longer arrays may hold more. */
    @Test
    void anAttentionDrawsAsTheImportanceWithinItDoes() {
        float[] attention = new float[2 * 9 + 4];
        float[] importance = {0.2f, 0.5f, 0.7f, 0.1f};
        Arrays.fill(attention, Float.NaN);
        attention[1] = 0.2f;
        attention[2] = 0.5f;
        attention[10] = 0.7f;
        attention[11] = 0.1f;
        double[] byAttention = new double[4];
        double[] byImportance = new double[4];
        for (int seed = 0; seed < 20; seed++) {
            Draw.multinomialByAttention(2).fill(byAttention, attention, new SplittableRandom(seed));
            Draw.multinomial(2).fill(byImportance, importance, new SplittableRandom(seed));
            assertArrayEquals(byImportance, byAttention);
            assertTrue(byAttention[0] + byAttention[1] == 1 && byAttention[2] + byAttention[3] == 1, "all patches of each image");
        }
    }

    @Test
    void aNetworkThatBeginsAsAnotherIsItsCopyAndWhatComesAfterTheRunSeesItsGradients() {
        SDVariable source = graph.in("source").weight("weight", LayerType.NONE, Fill.normal(0, 1), 3);
        graph.in("copy").beginAs(graph.in("source"));
        SDVariable copy = graph.in("copy").frozen().weight("weight", LayerType.NONE, Fill.normal(0, 1), 3);
        double[] seen = new double[3];
        graph.after(() -> System.arraycopy(weights.gradient().data().asDouble(), 0, seen, 0, 3));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", source.mul(copy).sum()), "loss", List.of()), Kernels.PLAIN);
        assertEquals(weights.array("source.weight"), weights.array("copy.weight"));
        plan.run();
        assertArrayEquals(weights.array("copy.weight").data().asDouble(), seen, 1e-7);
    }
}
