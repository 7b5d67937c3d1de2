package dev.selfsup.backbone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.backbone.beit.BEiT;
import dev.selfsup.backbone.beitvit.BEiTViT;
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
import dev.selfsup.layers.BEiTEncoder;
import dev.selfsup.layers.Interpolation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BEiTBackbonesTest {
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
    private static final Activation GELU = place -> x -> place.apply(new Gelu(), x);
    private static final BEiTEncoder.PatchOptions PATCH = new BEiTEncoder.PatchOptions(Optional.empty(), true, Optional.empty(), 0);
    private static final Map<String, Long> SMALL = Map.of("embed_dims", 16L, "num_layers", 2L, "num_heads", 2L, "feedforward_channels", 32L);
    private static final Set<String> LAYER = Set.of("gamma_1", "gamma_2", "ln1.weight", "ln1.bias", "ln2.weight", "ln2.bias", "attn.q_bias", "attn.v_bias", "attn.qkv.weight",
            "attn.proj.weight", "attn.proj.bias", "ffn.layers.0.0.weight", "ffn.layers.0.0.bias", "ffn.layers.1.weight", "ffn.layers.1.bias");

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);
    private final SDVariable images = graph.input("x", DataType.FLOAT, 2, 3, 32, 16);

    private static List<BEiTEncoder.LayerOptions> layers(Object bias) {
        return List.of(new BEiTEncoder.LayerOptions(Optional.empty(), Optional.empty(), 2, 0, Optional.empty(), Optional.empty(), bias, GELU, Optional.empty(),
                Optional.empty(), Optional.empty()));
    }

    private static Backbone whole(boolean classToken, boolean average, boolean own, boolean shared, int frozen) {
        return new BEiT.Factory().create(new BEiT.Config(SMALL, List.of(32, 16), List.of(8), 3, List.of(-1), 0, 0, NORM, false, classToken, average, frozen, false,
                true, own, shared, 0.1, Interpolation.BICUBIC, PATCH, layers("qv_bias"), List.of()));
    }

    private static Backbone masked(boolean positions, Object bias, double scale, int... outputs) {
        return new BEiTViT.Factory().create(new BEiTViT.Config(SMALL, List.of(32, 16), List.of(8), 3, Arrays.stream(outputs).boxed().toList(), 0, 0, NORM, true, true, -1,
                true, positions, false, true, scale, Interpolation.BICUBIC, PATCH, layers(bias), List.of()));
    }

    private String shapes(List<SDVariable> outputs) {
        return Arrays.deepToString(outputs.stream().map(graph::shape).toArray());
    }

    @Test
    void wholeImagesGiveTheMeanOfTheirPatchesOrThePatches() {
        assertEquals("[[2, 16]]", shapes(whole(true, true, true, false, -1).build(graph.in("a")).apply(images)));
        assertEquals("[[2, 16, 4, 2]]", shapes(whole(false, false, false, false, -1).build(graph.in("b")).apply(images)));
    }

    @Test
    void weightsAreNamedAsInTheReference() {
        whole(true, true, true, false, -1).build(graph).apply(images);
        Set<String> names = new TreeSet<>(Set.of("cls_token", "pos_embed", "patch_embed.projection.weight", "patch_embed.projection.bias", "ln2.weight", "ln2.bias"));
        for (int i = 0; i < 2; i++) {
            String layer = "layers." + i + ".";
            LAYER.forEach(name -> names.add(layer + name));
            names.addAll(List.of(layer + "attn.relative_position_bias_table", layer + "attn.relative_position_index"));
        }
        assertEquals(names, new TreeSet<>(weights.names()));
    }

    @Test
    void withoutScalesAndBiasesOfQueriesLayersHaveTheOthersAlone() {
        masked(false, false, 0, -1).build(graph);
        assertEquals(Set.of("cls_token", "mask_token", "patch_embed", "rel_pos_bias", "ln1", "ln2", "layers"),
                weights.names().stream().map(name -> name.replaceFirst("\\..*", "")).collect(Collectors.toSet()));
        assertTrue(weights.names().stream().noneMatch(name -> name.matches(".*(gamma|_bias$|qkv.bias).*")), () -> weights.names().toString());
    }

    @Test
    void frozenStagesAreAllButTheLayersBehindThem() {
        whole(true, false, true, false, 1).build(graph);
        weights.allocate();
        assertEquals(Set.of("layers.1"), weights.parameters().stream().map(Parameter::name).map(name -> name.replaceFirst("^(layers\\.\\d+|[^.]+).*", "$1"))
                .collect(Collectors.toSet()));
    }

    @Test
    void aMaskHidesPatchesAndTheSharedBiasIsGivenBehindTheTokens() {
        SDVariable mask = graph.input("mask", DataType.INT64, 2, 4, 2);
        Backbone.Network network = masked(true, "qv_bias", 0.1, 0, -1).build(graph);
        List<SDVariable> outputs = network.apply(images, mask);
        assertEquals("[[2, 9, 16], [2, 9, 16], [2, 9, 9]]", shapes(outputs));
        assertEquals("[[2, 16, 4, 2], [2, 16], [2, 16, 4, 2], [2, 16]]", shapes(network.features(images)));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("tokens", outputs.get(1), "whole", network.features(images).get(3))), Kernels.fastest());
        plan.input("mask").assign(Nd4j.createFromArray(1L, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0).reshape(2, 4, 2));
        plan.input("x").assign(Nd4j.linspace(-1, 1, 3072, DataType.FLOAT).reshape(2, 3, 32, 16));
        plan.run();
        INDArray before = plan.output("tokens").dup();
        INDArray whole = plan.output("whole").dup();
        plan.input("x").putScalar(new int[] {0, 1, 3, 3}, 5);                                          // in the first patch
        plan.run();
        assertEquals(before, plan.output("tokens"));
        assertNotEquals(whole, plan.output("whole"));
        plan.input("x").putScalar(new int[] {0, 1, 3, 12}, 5);                                         // in the second
        plan.run();
        assertNotEquals(before, plan.output("tokens"));
    }

    @Test
    void theLastLinearLayersOfDeeperBranchesBeginSmaller() {
        masked(true, "qv_bias", 0.1, -1).build(graph);
        weights.allocate();
        for (String name : List.of("attn.proj.weight", "ffn.layers.1.weight")) {
            double ratio = weights.state().get("layers.0." + name).maxNumber().doubleValue() / weights.state().get("layers.1." + name).maxNumber().doubleValue();
            assertEquals(Math.sqrt(2), ratio, 0.05, name + ", uniform within a bound");
        }
        double bound = Math.sqrt(6.0 / 48) / Math.sqrt(2);
        assertEquals(bound, weights.state().get("layers.0.ffn.layers.1.weight").maxNumber().doubleValue(), 0.05 * bound);
    }

    @Test
    void optionsThatContradictAreRefused() {
        assertEquals("use_rel_pos_bias and use_shared_rel_pos_bias must not both be true", mistake(() -> whole(true, true, true, true, -1)));
        assertEquals("with_cls_token must be true where there is a relative position bias: it has places for the class token",
                mistake(() -> whole(false, true, true, false, -1)));
        assertEquals("bias must be qv_bias, true or false, not k", mistake(() -> masked(true, "k", 0.1, -1)));
        assertEquals("layer_scale_init_value must be at least 0, not -1.0", mistake(() -> masked(true, true, -1, -1).build(graph)));
        assertEquals("out_indices must name layers of the 2, not [2]", mistake(() -> masked(true, true, 0.1, 2)));
        assertEquals("padding must be 0, not 3: patches must tile the images", mistake(() -> new BEiTEncoder.PatchOptions(Optional.empty(), true, Optional.empty(), 3)));
        SDVariable mask = graph.input("mask", DataType.INT64, 2, 3, 3);
        assertEquals("the mask is for 3x3 patches, the images have 8", mistake(() -> masked(true, true, 0.1, -1).build(graph).apply(images, mask)));
        SDVariable larger = graph.input("larger", DataType.FLOAT, 2, 3, 32, 32);
        assertEquals("the relative position bias is for 9 tokens, the images have 17: set img_size to their size",
                mistake(() -> masked(true, true, 0.1, -1).build(graph).features(larger)));
    }

    private static String mistake(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(IllegalArgumentException.class, executable).getMessage();
    }
}
