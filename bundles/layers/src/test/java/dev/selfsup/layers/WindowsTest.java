package dev.selfsup.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Windows, merged patches and sliding windows against what they are by hand. */
class WindowsTest {
    private static final float[] COUNTED = counted(24);

    private final Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);

    private static float[] counted(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i + 1;
        }
        return values;
    }

    private float[] values(SDVariable x) {
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("x", x)), Kernels.PLAIN);
        plan.run();
        return plan.output("x").dup().data().asFloat();
    }

    @Test
    void aMapIsCutWindowByWindowAndPaddedBelowAndRight() {
        SDVariable rows = graph.constant(COUNTED, 24, 1);                                          // two maps of 3 x 4
        assertArrayEquals(new float[] {1, 2, 5, 6, 3, 4, 7, 8, 9, 10, 0, 0, 11, 12, 0, 0, 13, 14, 17, 18, 15, 16, 19, 20, 21, 22, 0, 0, 23, 24, 0, 0},
                values(new Windows(3, 4, 2, 0).cut(graph, rows)));
    }

    @Test
    void aShiftedMapBeginsWithItsShiftAndEndsWithWhatItLeftOut() {
        SDVariable rows = graph.constant(counted(16), 16, 1);
        assertArrayEquals(new float[] {6, 7, 10, 11, 8, 5, 12, 9, 14, 15, 2, 3, 16, 13, 4, 1}, values(new Windows(4, 4, 2, 1).cut(graph, rows)));
    }

    @Test
    void joiningIsTheWayBackFromCutting() {
        for (int[] size : new int[][] {{4, 4, 2, 1}, {3, 4, 3, 1}, {6, 2, 4, 2}, {4, 4, 4, 0}, {5, 3, 2, 0}}) {
            Windows windows = new Windows(size[0], size[1], size[2], size[3]);
            float[] tokens = counted(2 * size[0] * size[1]);
            Graph fresh = new Graph(new Weights(0), true, Collectives.SINGLE);
            SDVariable there = windows.cut(fresh, fresh.constant(tokens, tokens.length, 1));
            Plan plan = Plan.of(fresh, Plan.Wanted.values(Map.of("x", windows.joined(fresh, there))), Kernels.fastest());
            plan.run();
            assertArrayEquals(tokens, plan.output("x").dup().data().asFloat(), windows.toString());
        }
    }

    @Test
    void tokensThatCameAroundDoNotSeeTheOthers() {
        Windows windows = new Windows(6, 5, 3, 1);
        float[] mask = values(windows.mask(graph).orElseThrow());
        assertEquals(windows.count() * 81, mask.length);
        for (int i = 0; i < mask.length; i++) {
            int[] from = place(i / 81, i / 9 % 9);
            int[] to = place(i / 81, i % 9);
            boolean together = from[0] / 6 == to[0] / 6 && from[1] / 6 == to[1] / 6;                  // both came around, or neither, in each direction
            assertEquals(together ? 0 : -100, mask[i], "pair " + i);
        }
        assertEquals(Optional.empty(), new Windows(6, 5, 3, 0).mask(graph));
    }

    /** Row and column of a token of a shifted window of three in a map of six, before it comes around. */
    private static int[] place(int window, int token) {
        return new int[] {window / 2 * 3 + token / 3 + 1, window % 2 * 3 + token % 3 + 1};
    }

    @Test
    void tokensOfDifferentFlagsAreKeptApart() {
        float[] apart = values(new Windows(2, 2, 2, 0).apart(graph, graph.constant(new float[] {1, 0, 0, 1}, 4, 1)));
        float never = -1e30f;
        assertArrayEquals(new float[] {0, never, never, 0, never, 0, 0, never, never, 0, 0, never, 0, never, never, 0}, apart);
    }

    @Test
    void neighboursAreMergedChannelByChannel() {
        PatchMerging merging = new PatchMerging(2, 3, new SlidingWindow(2, 2, "corner", 1), false, Optional.empty());
        TokenMap merged = merging.build(graph.in("downsample")).apply(new TokenMap(graph.input("x", DataType.FLOAT, 9, 2), 3, 3));
        assertEquals(List.of(2, 2), List.of(merged.height(), merged.width()));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("y", merged.rows())), Kernels.PLAIN);
        graph.weights().array("downsample.reduction.weight").assign(Nd4j.eye(8).getRows(1, 3, 6).castTo(DataType.FLOAT));
        plan.input("x").assign(Nd4j.create(counted(18), new long[] {9, 2}, 'c'));                    // token i: 2 i + 1, 2 i + 2
        plan.run();
        List<Float> rows = new ArrayList<>();
        for (float value : plan.output("y").dup().data().asFloat()) {
            rows.add(value);
        }
        assertEquals(List.of(3f, 9f, 8f, 0f, 0f, 12f, 15f, 0f, 0f, 0f, 0f, 0f), rows, "of channel 0 the second and fourth, of channel 1 the third");
    }

    @Test
    void slidingWindowsPadAsTheReferenceDoes() {
        SlidingWindow corner = new SlidingWindow(3, 2, "corner", 1);
        SlidingWindow same = new SlidingWindow(3, 2, "same", 1);
        assertEquals(List.of(3, 7, 3, 7), List.of(corner.count(5), corner.padded(5), same.count(5), same.padded(5)));
        assertArrayEquals(new int[] {0, 1, -1, 2, 3, -1, -1, -1, -1}, new SlidingWindow(3, 3, "corner", 1).places(2, 2));
        assertArrayEquals(new int[] {-1, -1, -1, -1, -1, 0, 1, -1, -1, 2, 3, -1, -1, -1, -1, -1}, new SlidingWindow(2, 2, 1L, 1).places(2, 2));
        assertFalse(new SlidingWindow(2, 2, "corner", 1).pads(4, 6));
        assertArrayEquals(new int[] {0, 2, 8, 10, 1, 3, 9, 11}, new SlidingWindow(2, 1, 0L, 2).squares(3, 4));
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertMessage("windows must be larger than their shift, not 2 and 2", () -> new Windows(4, 4, 2, 2));
        assertMessage("padding must be corner, same or a number of zeros, not left", () -> new SlidingWindow(2, 2, "left", 1));
        assertMessage("kernel_size, stride and dilation must be positive, not 0, 2 and 1", () -> new SlidingWindow(0, 2, "same", 1));
        assertMessage("arch must be one of [t], or a mapping with the keys [depths, embed_dims, num_heads], not x",
                () -> HierarchySize.of("x", Map.of("t", new HierarchySize(8, List.of(1), List.of(1)))));
        assertMessage("arch must be a name or have the keys [depths, embed_dims, num_heads], not [depths]", () -> HierarchySize.of(Map.of("depths", List.of(1L)), Map.of()));
        assertMessage("num_heads in arch must be as many as depths [1, 1], not [2]", () -> new HierarchySize(8, List.of(1, 1), List.of(2)));
        assertMessage("num_heads 3 must divide the 8 channels of the tokens", () -> new WindowAttention(8, 3, 2, true, OptionalDouble.empty(), 0, 0));
    }

    private static void assertMessage(String message, Runnable mistake) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
