package dev.selfsup.backbone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.backbone.mixmimtransformerpretrain.MixMIMTransformerPretrain;
import dev.selfsup.backbone.simmimswintransformer.SimMIMSwinTransformer;
import dev.selfsup.backbone.swintransformer.SwinTransformer;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.layers.ImageTokens;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.SwinStages;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SwinTransformersTest {
    private static final Norm NORM = new Norm() {
        @Override
        public String abbreviation() {
            return "ln";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            SDVariable weight = graph.weight("weight", LayerType.LAYER_NORM, Fill.ONES, channels);
            SDVariable bias = graph.weight("bias", LayerType.LAYER_NORM, Fill.ZEROS, channels);
            return x -> graph.applyAll(new LayerNorm(1e-5), x, weight, bias).get(0);
        }
    };
    private static final OptionalInt NONE = OptionalInt.empty();
    private static final Map<String, Object> SMALL = Map.of("embed_dims", 8L, "depths", List.of(2L, 1L), "num_heads", List.of(2L, 2L));
    private static final Map<String, Object> FOUR = Map.of("embed_dims", 4L, "depths", List.of(1L, 1L, 1L, 1L), "num_heads", List.of(1L, 1L, 1L, 1L));

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static ImageTokens.Options patch() {
        return new ImageTokens.Options(NONE, NONE, NONE, "corner", 1, true, Optional.of(NORM), "Conv2d");
    }

    private static SwinStages.StageOptions stage() {
        SwinStages.AttentionOptions attention = new SwinStages.AttentionOptions(NONE, NONE, NONE, Optional.empty(), true, OptionalDouble.empty(), 0, 0);
        SwinStages.FeedForwardOptions feedForward = new SwinStages.FeedForwardOptions(NONE, 2, 0, at -> x -> at.apply(new Gelu(), x), true);
        SwinStages.BlockOptions block = new SwinStages.BlockOptions(NONE, NONE, Optional.empty(), 4, OptionalDouble.empty(), Optional.empty(), attention, feedForward,
                NORM, Optional.empty());
        return new SwinStages.StageOptions(NONE, NONE, Optional.empty(), List.of(), Optional.empty(), List.of(block),
                new SwinStages.MergingOptions(NONE, 2, NONE, "corner", 1, false, Optional.of(NORM)), Optional.empty());
    }

    private static Backbone swin(Object arch, int image, int window, List<Integer> out, boolean merged, boolean places, int frozen, boolean pads) {
        return new SwinTransformer.Factory().create(new SwinTransformer.Config(arch, List.of(image), 4, 3, window, 0, 0, out, merged, places, Interpolation.BICUBIC,
                false, frozen, false, pads, Optional.of(NORM), List.of(stage()), patch(), List.of()));
    }

    private static String shapes(Backbone backbone, int height, int width) {
        Graph fresh = new Graph(new Weights(0), true, Collectives.SINGLE);
        List<SDVariable> out = backbone.build(fresh).apply(fresh.input("x", DataType.FLOAT, 2, 3, height, width));
        return Arrays.deepToString(out.stream().map(fresh::shape).toArray());
    }

    @Test
    void parametersAreAsManyAsThoseOfSwinTinyWithoutItsClassifier() {
        swin("tiny", 224, 7, List.of(3), false, false, -1, false).build(graph);
        weights.allocate();
        assertEquals(27_519_354, weights.parameters().stream().mapToLong(p -> p.value().length()).sum());
    }

    @Test
    void everyWantedStageGivesItsMapBeforeOrAfterTokensAreMerged() {
        assertEquals("[[2, 8, 8, 8], [2, 16, 4, 4]]", shapes(swin(SMALL, 32, 4, List.of(0, 1), false, false, -1, false), 32, 32));
        assertEquals("[[2, 16, 4, 4]]", shapes(swin(SMALL, 32, 4, List.of(-1), false, false, -1, false), 32, 32));
        assertEquals("[[2, 16, 4, 4], [2, 16, 4, 4]]", shapes(swin(SMALL, 32, 4, List.of(0, 1), true, false, -1, false), 32, 32));
    }

    @Test
    void imagesOfOtherSizesArePaddedAndTheirPlacesInterpolated() {
        assertEquals("[[2, 16, 6, 5]]", shapes(swin(SMALL, 32, 4, List.of(1), false, true, -1, false), 48, 38));
    }

    @Test
    void aMapSmallerThanAWindowNeedsToBePadded() {
        Backbone small = swin(SMALL, 32, 5, List.of(1), false, false, -1, false);
        assertMessage("the map of tokens, 4x4, is smaller than window_size 5: set pad_small_map: true, use larger images or a smaller window_size", () -> shapes(small, 32, 32));
        assertEquals("[[2, 16, 4, 4]]", shapes(swin(SMALL, 32, 5, List.of(1), false, false, -1, true), 32, 32));
    }

    @Test
    void frozenStagesAreThoseUpToTheNumberAndThePatchEmbedding() {
        assertEquals(Set.of("patch_embed", "stages.0", "stages.1", "norm1"), trained(swin(SMALL, 32, 4, List.of(1), false, false, -1, false)));
        assertEquals(Set.of("stages.1", "norm1"), new SwinTransformersTest().trained(swin(SMALL, 32, 4, List.of(1), false, false, 0, false)));
        assertEquals(Set.of(), new SwinTransformersTest().trained(swin(SMALL, 32, 4, List.of(1), false, false, 1, false)));
    }

    private Set<String> trained(Backbone backbone) {
        backbone.build(graph);
        weights.allocate();
        return weights.parameters().stream().map(Parameter::name).map(name -> name.replaceFirst("^(stages\\.\\d+|[^.]+).*", "$1")).collect(Collectors.toSet());
    }

    @Test
    void theIndexOfRelativePositionsHasItsValuesBeforeAnyCheckpointIsRead() {
        swin(SMALL, 32, 2, List.of(1), false, false, -1, false).build(graph);
        weights.allocate();
        INDArray index = weights.array("stages.0.blocks.0.attn.w_msa.relative_position_index");
        assertEquals(DataType.INT64, index.dataType());
        assertArrayEquals(new long[] {4, 3, 1, 0, 5, 4, 2, 1, 7, 6, 4, 3, 8, 7, 5, 4}, index.dup().data().asLong());
    }

    @Test
    void maskedPatchesDoNotMatterToAnEncoderAndAllDoToItsFeatures() {
        Backbone.Network encoder = masked(List.of(1)).build(graph);
        SDVariable images = graph.input("x", DataType.FLOAT, 1, 3, 16, 16);
        SDVariable mask = graph.input("mask", DataType.INT64, 1, 4, 4);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("masked", encoder.apply(images, mask).get(0), "whole", encoder.features(images).get(0))), Kernels.fastest());
        plan.input("x").assign(Nd4j.linspace(-1, 1, 768, DataType.FLOAT).reshape(1, 3, 16, 16));
        plan.input("mask").assign(0).putScalar(new int[] {0, 3, 3}, 1);
        plan.run();
        INDArray hidden = plan.output("masked").dup();
        INDArray whole = plan.output("whole").dup();
        plan.input("x").putScalar(new int[] {0, 0, 15, 15}, 9);
        plan.run();
        assertEquals(hidden, plan.output("masked"));
        assertEquals(false, whole.equals(plan.output("whole")));
    }

    private static Backbone masked(List<Integer> out) {
        return new SimMIMSwinTransformer.Factory().create(new SimMIMSwinTransformer.Config(SMALL, List.of(16), 3, 0, 0, out, false, false, -1, false, Optional.of(NORM),
                List.of(stage()), patch(), true, List.of()));
    }

    @Test
    void asManyTokensAreMixedAsRatioAndChanceSay() {
        assertEquals(4, mixed(0, 0.9f));
        assertEquals(4, mixed(0.5, 0));
        assertEquals(6, mixed(0.5, 0.5f), "4.5 and half of 4.5, rounded down");
        assertEquals(8, mixed(0.5, 0.99f));
    }

    /** Tokens of nine that are the other image's. */
    private static int mixed(double range, float drawn) {
        Graph fresh = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable images = fresh.input("x", DataType.FLOAT, 2, 3, 96, 96);
        List<SDVariable> out = mixing(range).build(fresh).apply(images);
        Plan plan = Plan.of(fresh, Plan.Wanted.values(Map.of("mask", out.get(1))), Kernels.fastest());
        plan.input("rand/rand#0").assign(Nd4j.linspace(1, 0, 9, DataType.FLOAT).reshape(1, 1, 9));
        if (range > 0) {
            plan.input("rand/rand#1").assign(drawn);
        }
        plan.run();
        INDArray mask = plan.output("mask");
        assertEquals("[1, 9, 1]", Arrays.toString(mask.shape()));
        assertEquals(0, mask.getDouble(0, 0, 0), "the most noise");
        return mask.sumNumber().intValue();
    }

    private static Backbone mixing(double range) {
        return new MixMIMTransformerPretrain.Factory().create(new MixMIMTransformerPretrain.Config(FOUR, 2, List.of(96), 4, 3, List.of(8, 6, 6, 3), true, patch(), NORM,
                0, 0, 0, false, range, List.of()));
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertMessage("out_indices must name stages from 0 to 1, not [2]", () -> swin(SMALL, 32, 4, List.of(2), false, false, -1, false));
        assertMessage("out_indices must name stages from 0 to 1, not [-3]", () -> swin(SMALL, 32, 4, List.of(-3), false, false, -1, false));
        assertMessage("frozen_stages must be at most 1, not 2", () -> swin(SMALL, 32, 4, List.of(1), false, false, 2, false));
        assertMessage("out_indices must be the last stage, [1], not [0]: others give tokens already merged for the next one, which their norm does not fit", () -> masked(List.of(0)));
        assertMessage("range_mask_ratio must be from 0 to 0.5, not 0.6", () -> mixing(0.6));
        assertMessage("img_size [80] must be a multiple of 32, and patch_size make tokens of it in 4 stages",
                () -> new MixMIMTransformerPretrain.Factory().create(new MixMIMTransformerPretrain.Config(FOUR, 2, List.of(80), 4, 3, List.of(4, 5, 5, 2), true, patch(),
                        NORM, 0, 0, 0, false, 0, List.of())));
    }

    private static void assertMessage(String message, Runnable mistake) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }
}
