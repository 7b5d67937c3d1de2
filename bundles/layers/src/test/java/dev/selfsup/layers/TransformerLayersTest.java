package dev.selfsup.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TransformerLayersTest {
    private static final long[] TOKENS = {2, 5, 8};

    private final Weights weights = new Weights(3);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void patchesAreTheirPixelsRowByRow() {
        SDVariable images = graph.input("x", DataType.FLOAT, 1, 2, 4, 6);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("first", new Patches(2).channelsFirst(graph, images), "last",
                new Patches(2).channelsLast(graph, images))), Kernels.fastest());
        plan.input("x").assign(Nd4j.arange(48).reshape(1, 2, 4, 6));
        plan.run();
        assertArrayEquals(new float[] {2, 3, 8, 9, 26, 27, 32, 33}, plan.output("first").getRow(1).dup().data().asFloat());
        assertArrayEquals(new float[] {12, 36, 13, 37, 18, 42, 19, 43}, plan.output("last").getRow(3).dup().data().asFloat());
    }

    @Test
    void imagesThatPatchesDoNotTileAreRefused() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new Patches(3).rows(1, 3, 9, 8));
        assertEquals("patches of 3x3 do not tile images of 9x8", e.getMessage());
    }

    @Test
    void positionsAreZeroForTheClassTokenAndTellRowThenColumn() {
        float[] positions = new float[5 * 4];
        PositionEmbedding.sines(2).fill(positions, new long[] {1, 5, 4}, new SplittableRandom(0));
        float sine = (float) Math.sin(1);
        float cosine = (float) Math.cos(1);
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 1, 0, 1, 0, 1, sine, cosine, sine, cosine, 0, 1, sine, cosine, sine, cosine}, positions);
    }

    @Test
    void everyInterpolationKeepsAConstantAndLinearOnesALine() {
        for (Interpolation mode : Interpolation.values()) {
            float[] weights = mode.weights(new long[] {1, 4}, new long[] {1, 8});
            for (int place = 0; place < 8; place++) {
                assertEquals(1, sum(weights, place, x -> 1), 1e-6, mode + " at " + place);
            }
        }
        for (Interpolation mode : List.of(Interpolation.BILINEAR, Interpolation.BICUBIC)) {
            float[] weights = mode.weights(new long[] {1, 4}, new long[] {1, 8});
            assertEquals(1.25, sum(weights, 3, x -> x), mode == Interpolation.BILINEAR ? 1e-6 : 0.05);
        }
    }

    private interface Value {
        double at(int place);
    }

    private static double sum(float[] weights, int place, Value value) {
        return IntStream.range(0, 4).mapToDouble(i -> weights[place * 4 + i] * value.at(i)).sum();
    }

    @Test
    void attentionWhoseWeightsAreAllKeptIsScaledByWhatDroppingWouldLeave() {
        double rate = 0.2;
        Layer whole = new MultiheadAttention(8, 2, true, 0, 0).build(graph.in("attn"));
        Layer dropped = new MultiheadAttention(8, 2, true, rate, 0).build(graph.in("attn"));
        SDVariable x = graph.input("x", DataType.FLOAT, TOKENS);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("whole", whole.apply(x), "dropped", dropped.apply(x))), Kernels.fastest());
        weights.array("attn.proj.bias").assign(0);
        plan.input("x").assign(normal(TOKENS));
        plan.input("rand/dropout_keep_mask#0").assign(1);
        plan.run();
        assertArrayEquals(plan.output("whole").div(1 - rate).data().asFloat(), plan.output("dropped").dup().data().asFloat(), 1e-5f);
    }

    @Test
    void aDroppedBranchLeavesItsSampleAsItWas() {
        TransformerEncoderLayer layer = new TransformerEncoderLayer(new MultiheadAttention(8, 2, true, 0, 0),
                new FeedForward(8, 16, 2, place -> x -> x, 0), new Identity(), 0.5);
        SDVariable x = graph.input("x", DataType.FLOAT, TOKENS);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("y", layer.build(graph.in("layer")).apply(x))), Kernels.fastest());
        assertEquals(List.of("rand/dropout_keep_mask#0", "rand/dropout_keep_mask#1"), graph.draws().stream().map(Draw::name).toList());
        plan.input("x").assign(normal(TOKENS));
        plan.input("rand/dropout_keep_mask#0").assign(Nd4j.createFromArray(0f, 1f).reshape(2, 1, 1));
        plan.input("rand/dropout_keep_mask#1").assign(Nd4j.createFromArray(0f, 0f).reshape(2, 1, 1));
        plan.run();
        float[] before = plan.input("x").dup().data().asFloat();
        float[] after = plan.output("y").dup().data().asFloat();
        assertArrayEquals(Arrays.copyOf(before, 40), Arrays.copyOf(after, 40));
        assertFalse(Arrays.equals(Arrays.copyOfRange(before, 40, 80), Arrays.copyOfRange(after, 40, 80)));
    }

    private static final class Identity implements Norm {
        @Override
        public String abbreviation() {
            return "ln";
        }

        @Override
        public Layer build(Graph place, int channels, boolean affine) {
            return Layer.IDENTITY;
        }
    }

    @Test
    void feedForwardNetworksOfBackbonesBeginAsGlorotAndBengioSayWithBiasesNearZeroOthersAsLinearLayers() {
        FeedForward network = new FeedForward(40, 160, 2, place -> Layer.IDENTITY, 0);
        network.build(VisionTransformerTrunk.place(graph, 0).in("ffn"));
        network.build(graph.in("neck").in("ffn"));
        weights.allocate();
        double bound = Math.sqrt(6.0 / 200);
        assertEquals(bound, largest("layers.0.ffn.layers.0.0.weight"), 0.01 * bound);
        assertEquals(bound, largest("layers.0.ffn.layers.1.weight"), 0.01 * bound);
        assertEquals(1e-6, weights.array("layers.0.ffn.layers.0.0.bias").stdNumber().doubleValue(), 3e-7);
        assertEquals(Math.sqrt(1.0 / 40), largest("neck.ffn.layers.0.0.weight"), 0.002);
        assertEquals(Math.sqrt(1.0 / 160), largest("neck.ffn.layers.1.weight"), 0.002);
        assertEquals(Math.sqrt(1.0 / 40), largest("neck.ffn.layers.0.0.bias"), 0.02);
    }

    private double largest(String name) {
        return weights.array(name).amaxNumber().doubleValue();
    }

    @Test
    void archIsANameOrFourSizes() {
        assertEquals(new TransformerSize(384, 12, 6, 1536), TransformerSize.of("deit-s"));
        assertEquals(new TransformerSize(32, 3, 2, 64),
                TransformerSize.of(Map.of("embed_dims", 32L, "num_layers", 3L, "num_heads", 2L, "feedforward_channels", 64L, "depth", 3L)));
        assertMessage("arch must be one of [b, base, deit-b, deit-base, deit-s, deit-small, deit-t, deit-tiny, eva-g, eva-giant, h, huge, l, large, mocov3-s, mocov3-small, s, small], or a mapping"
                + " with the keys [embed_dims, num_layers, num_heads, feedforward_channels], not giant", "giant");
        assertMessage("arch must be a name or have the keys [embed_dims, num_layers, num_heads, feedforward_channels], not [depth]", Map.of("depth", 3L));
        assertMessage("num_heads 5 in arch does not divide embed_dims 32",
                Map.of("embed_dims", 32L, "num_layers", 3L, "num_heads", 5L, "feedforward_channels", 64L));
    }

    private static void assertMessage(String message, Object arch) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> TransformerSize.of(arch)).getMessage());
    }

    private static INDArray normal(long... shape) {
        Random random = new Random(5);
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        IntStream.range(0, values.length).forEach(i -> values[i] = (float) random.nextGaussian());
        return Nd4j.create(values, shape, 'c');
    }
}
