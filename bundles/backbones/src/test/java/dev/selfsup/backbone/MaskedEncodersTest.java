package dev.selfsup.backbone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.backbone.caevit.CAEViT;
import dev.selfsup.backbone.maskfeatvit.MaskFeatViT;
import dev.selfsup.backbone.milanvit.MILANViT;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Encoders that are told which patches they see: images of 32x32 in patches of 8x8. */
class MaskedEncodersTest {
    private static final Norm NORM = new Norm() {
        @Override
        public String abbreviation() {
            return "ln";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            SDVariable weight = graph.weight("weight", LayerType.LAYER_NORM, Fill.ONES, channels);
            SDVariable bias = graph.weight("bias", LayerType.LAYER_NORM, Fill.ZEROS, channels);
            return x -> graph.applyAll(new LayerNorm(1e-6), x, weight, bias).get(0);
        }
    };
    private static final VisionTransformerTrunk.PatchOptions PATCH = new VisionTransformerTrunk.PatchOptions(Optional.empty(), Optional.empty(), Optional.empty(), "corner");
    private static final Map<String, Long> SMALL = Map.of("embed_dims", 16L, "num_layers", 2L, "num_heads", 2L, "feedforward_channels", 32L);

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);
    private final SDVariable images = graph.input("images", DataType.FLOAT, 2, 3, 32, 32);

    private static Backbone milan(List<Integer> size) {
        VisionTransformerTrunk.LayerOptions layers = new VisionTransformerTrunk.LayerOptions(Optional.empty(), Optional.empty(), 2, 0, Optional.empty(), Optional.empty(),
                Optional.empty(), place -> x -> place.apply(new Gelu(), x), Optional.empty());
        return new MILANViT.Factory().create(new MILANViT.Config(SMALL, size, List.of(8), List.of(-1), 0, 0, NORM, true, true, Interpolation.BICUBIC, PATCH, List.of(layers), 0.75,
                List.of()));
    }

    private static Backbone cae(Double initValues, int layerCfgs) {
        CAEViT.LayerOptions layers = new CAEViT.LayerOptions(Optional.empty(), Optional.empty(), Optional.empty(), 0, Optional.empty(), 2, Optional.empty(),
                place -> x -> place.apply(new Gelu(), x), Optional.empty(), Optional.empty());
        return new CAEViT.Factory().create(new CAEViT.Config(SMALL, List.of(32), List.of(8), List.of(-1), 0, 0, false, NORM, true, true, Interpolation.BICUBIC,
                Optional.ofNullable(initValues), PATCH, java.util.Collections.nCopies(layerCfgs, layers), List.of()));
    }

    @Test
    void anEncoderOfWhatIsSeenDoesNotDependOnWhatIsHidden() {
        SDVariable mask = graph.input("mask", DataType.INT64, 2, 4, 4);
        graph.tell("mask", 2 * 4);
        SDVariable tokens = cae(0.1, 1).build(graph.in("backbone")).apply(images, mask).get(0);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("tokens", tokens)), Kernels.fastest());
        assertArrayEquals(new long[] {2, 1 + 12, 16}, plan.output("tokens").shape());
        long[] hidden = new long[2 * 16];
        java.util.Arrays.fill(hidden, 0, 4, 1);                                       // the first row of patches of the first image
        java.util.Arrays.fill(hidden, 16, 20, 1);
        plan.input("mask").assign(Nd4j.createFromArray(hidden).reshape(2, 4, 4));
        plan.input("images").assign(Nd4j.rand(DataType.FLOAT, 2, 3, 32, 32));
        plan.run();
        float[] before = plan.output("tokens").dup().data().asFloat();
        plan.input("images").get(org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.all(),
                org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 8), org.nd4j.linalg.indexing.NDArrayIndex.all()).assign(7);
        plan.run();
        assertArrayEquals(before, plan.output("tokens").dup().data().asFloat());
    }

    @Test
    void wholeImagesGiveAllPatchesWhereOthersUseTheNetwork() {
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        outputs.put("milan", milan(List.of(32)).build(graph.in("milan")).features(images).get(0));
        outputs.put("cae", cae(0.0, 1).build(graph.in("cae")).features(images).get(0));
        Plan plan = Plan.of(graph, Plan.Wanted.values(outputs), Kernels.PLAIN);
        assertArrayEquals(new long[] {2, 16, 4, 4}, plan.output("milan").shape());
        assertArrayEquals(new long[] {2, 16, 4, 4}, plan.output("cae").shape());
        assertEquals(0, weights.state().keySet().stream().filter(name -> name.contains("gamma")).count(), "no factors where they begin with 0");
    }

    @Test
    void mistakesNameRuleAndValue() {
        Backbone.Network milan = milan(List.of(32)).build(graph.in("milan"));
        assertEquals("the importance of 16 patches must be [N, 16] or an attention [N, 17, 17], not [2, 65, 65]: the target generator must see as many patches as the backbone",
                message(() -> milan.apply(images, graph.input("attention", DataType.FLOAT, 2, 65, 65))));
        assertEquals("MILANViT draws visible patches by their importance: it needs a method that gives it one, as MILAN", message(() -> milan.apply(images)));
        assertEquals("img_size must be square, not [32, 64]", message(() -> milan(List.of(32, 64))));
        Backbone.Network cae = cae(0.1, 1).build(graph.in("cae"));
        assertEquals("CAEViT sees what a mask leaves of an image: it needs a method that hides as many patches of every image, as CAE", message(() -> cae.apply(images)));
        assertEquals("init_values must be at least 0, not -1.0", message(() -> cae(-1.0, 1)));
        assertEquals("layer_cfgs must be one mapping or as many as num_layers, not 3", message(() -> cae(0.1, 3)));
        assertEquals("cae takes images of img_size 32, not 16x16", message(() -> cae.features(graph.input("small", DataType.FLOAT, 2, 3, 16, 16))));
    }

    private static String message(org.junit.jupiter.api.function.Executable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake).getMessage();
    }

    /** The reference applies its rule to all linear layers after these have chosen for themselves. */
    @Test
    void allLinearLayersOfMaskFeatBeginWithTheSameDeviation() {
        VisionTransformerTrunk.LayerOptions layers = new VisionTransformerTrunk.LayerOptions(Optional.empty(), Optional.empty(), 2, 0, Optional.empty(), Optional.empty(),
                Optional.empty(), place -> x -> place.apply(new Gelu(), x), Optional.empty());
        new MaskFeatViT.Factory().create(new MaskFeatViT.Config(SMALL, List.of(32), List.of(8), List.of(-1), 0, 0, NORM, true, true, Interpolation.BICUBIC, PATCH, List.of(layers),
                List.of())).build(graph);
        weights.allocate();
        for (String name : List.of("layers.0.attn.qkv.weight", "layers.0.ffn.layers.0.0.weight", "layers.1.ffn.layers.1.weight")) {
            assertEquals(0.02, weights.array(name).stdNumber().doubleValue(), 0.002, name);
        }
        assertEquals(0, weights.array("layers.1.ffn.layers.1.bias").amaxNumber().doubleValue());
    }
}
