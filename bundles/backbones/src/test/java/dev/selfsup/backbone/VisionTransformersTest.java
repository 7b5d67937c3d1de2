package dev.selfsup.backbone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.backbone.maevit.MAEViT;
import dev.selfsup.backbone.mocov3vit.MoCoV3ViT;
import dev.selfsup.backbone.visiontransformer.VisionTransformer;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
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
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.VisionTransformerTrunk;
import dev.selfsup.weights.ReadWeights;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class VisionTransformersTest {
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
    private static final VisionTransformerTrunk.PatchOptions PATCH = new VisionTransformerTrunk.PatchOptions(Optional.empty(), Optional.empty(), Optional.empty(), "corner");
    private static final List<VisionTransformerTrunk.LayerOptions> LAYERS = List.of(new VisionTransformerTrunk.LayerOptions(Optional.empty(),
            Optional.empty(), 2, 0, Optional.empty(), Optional.empty(), Optional.empty(), GELU, Optional.empty()));
    private static final Map<String, Long> SMALL = Map.of("embed_dims", 16L, "num_layers", 3L, "num_heads", 2L, "feedforward_channels", 32L);

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void parametersAreAsManyAsThoseOfDeitTinyWithoutItsClassifier() {
        transformer("deit-tiny", 224, 16, true, List.of(-1), -1).build(graph);
        weights.allocate();
        assertEquals(5_524_416, weights.parameters().stream().mapToLong(p -> p.value().length()).sum());
    }

    @Test
    void everyWantedLayerGivesPatchesAndClassToken() {
        assertEquals("[[2, 16, 4, 4], [2, 16], [2, 16, 4, 4], [2, 16]]", shapes(transformer(SMALL, 32, 8, true, List.of(0, -1), -1), 32, 32));
        assertEquals("[[2, 16, 4, 4]]", shapes(transformer(SMALL, 32, 8, false, List.of(2), -1), 32, 32));
    }

    @Test
    void positionsAreInterpolatedForImagesOfOtherSizes() {
        assertEquals("[[2, 16, 6, 3], [2, 16]]", shapes(transformer(SMALL, 32, 8, true, List.of(-1), -1), 48, 24));
    }

    /** Weights and features were recorded with torchvision 0.28 and PyTorch 2.13: VisionTransformer(32, 8, 2, 2, 16, 32), its normalised tokens. */
    @Test
    void weightsOfTorchvisionComputeWhatTorchvisionComputes() throws Exception {
        Map<String, Long> size = Map.of("embed_dims", 16L, "num_layers", 2L, "num_heads", 2L, "feedforward_channels", 32L);
        Graph evaluation = new Graph(weights, false, Collectives.SINGLE);
        List<SDVariable> out = transformer(size, 32, 8, true, List.of(-1), -1).build(evaluation.in("backbone")).apply(evaluation.input("x", DataType.FLOAT, 2, 3, 32, 32));
        Plan plan = Plan.of(evaluation, Plan.Wanted.values(Map.of("patches", out.get(0), "cls", out.get(1))), Kernels.fastest());
        Map<String, Tensor> recorded = Npz.readAll(resource("torchvision_vit_io.npz"));
        try (Checkpoint file = Checkpoints.load(resource("torchvision_vit.pth"))) {
            ReadWeights read = ReadWeights.of(file.tensors());
            assertEquals("torchvision ViT", read.title());
            weights.state().forEach((name, array) -> array.assign(Nd4j.createFromArray(read.tensor(name).orElseThrow().toFloats()).reshape(array.shape())));
        }
        plan.input("x").assign(Nd4j.createFromArray(recorded.get("images").toFloats()).reshape(2, 3, 32, 32));
        plan.run();
        near(recorded.get("cls").toFloats(), plan.output("cls"));
        near(recorded.get("patches").toFloats(), plan.output("patches").reshape(2, 16, 16).permute(0, 2, 1).dup('c'));
    }

    private static void near(float[] expected, INDArray got) {
        assertEquals(0, Nd4j.createFromArray(expected).sub(got.reshape(expected.length)).amaxNumber().doubleValue(), 2e-5);
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(VisionTransformersTest.class.getResource(name).toURI());
    }

    private String shapes(Backbone backbone, int height, int width) {
        Graph fresh = new Graph(new Weights(0), true, Collectives.SINGLE);
        List<SDVariable> out = backbone.build(fresh).apply(fresh.input("x", DataType.FLOAT, 2, 3, height, width));
        return Arrays.deepToString(out.stream().map(fresh::shape).toArray());
    }

    @Test
    void tokensThatAreNormalisedBeforeTheLayersComeFromPatchesWithoutBias() {
        new VisionTransformer.Factory().create(new VisionTransformer.Config(SMALL, List.of(32), List.of(8), 3, List.of(-1), 0, 0, true, NORM, true,
                true, false, -1, true, Interpolation.BICUBIC, PATCH, LAYERS, true, List.of())).build(graph);
        weights.allocate();
        Set<String> names = weights.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
        assertTrue(names.containsAll(Set.of("pre_norm.weight", "pre_norm.bias", "patch_embed.projection.weight")));
        assertFalse(names.contains("patch_embed.projection.bias"));
    }

    @Test
    void frozenStagesAreAllButTheLayersBehindThem() {
        assertEquals(Set.of("layers.2", "ln1"), trained(transformer(SMALL, 32, 8, true, List.of(-1), 2)));
        assertEquals(Set.of(), new VisionTransformersTest().trained(transformer(SMALL, 32, 8, true, List.of(-1), 3)));
    }

    private Set<String> trained(Backbone backbone) {
        backbone.build(graph);
        weights.allocate();
        return weights.parameters().stream().map(Parameter::name).map(name -> name.replaceFirst("^(layers\\.\\d+|[^.]+).*", "$1")).collect(Collectors.toSet());
    }

    @Test
    void anEncoderOfMaskedImagesSeesTheVisiblePatchesOnlyAndAllOfThemForFeatures() {
        Backbone.Network encoder = encoder(0.75).build(graph);
        SDVariable images = graph.input("x", DataType.FLOAT, 2, 3, 32, 32);
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        outputs.put("visible", encoder.apply(images).get(0));
        outputs.put("whole", encoder.features(images).get(0));
        Plan plan = Plan.of(graph, Plan.Wanted.values(outputs), Kernels.fastest());
        plan.input("rand/rand#0").assign(Nd4j.linspace(0, 1, 32, DataType.FLOAT).reshape(2, 16));         // the first four patches are visible
        plan.input("x").assign(Nd4j.linspace(-1, 1, 6144, DataType.FLOAT).reshape(2, 3, 32, 32));
        plan.run();
        INDArray before = plan.output("visible").dup();
        INDArray whole = plan.output("whole").dup();
        assertEquals("[2, 5, 16]", Arrays.toString(before.shape()));
        assertEquals("[2, 16, 4, 4]", Arrays.toString(whole.shape()));
        plan.input("x").putScalar(new int[] {1, 0, 31, 31}, 5);                                              // in the last patch
        plan.run();
        assertEquals(before, plan.output("visible"));
        assertNotEquals(whole, plan.output("whole"));
    }

    @Test
    void positionsOfMaskedAutoencodersAreNotTrained() {
        encoder(0.5).build(graph);
        weights.allocate();
        assertEquals(List.of(), weights.parameters().stream().map(Parameter::name).filter(name -> name.contains("pos_embed")).toList());
        assertEquals(0, weights.array("pos_embed").getDouble(0, 0, 0));
        assertEquals(Math.sqrt(6.0 / (16 + 192)), weights.array("patch_embed.projection.weight").amaxNumber().doubleValue(), 1e-3);
    }

    @Test
    void theProjectionOfMoCoV3IsNotTrainedWhereItsGradientIsStopped() {
        assertEquals(Set.of("cls_token", "layers.0", "layers.1", "layers.2", "ln1"), trained(contrasted(true, -1)));
        assertEquals(Set.of("cls_token", "patch_embed", "layers.0", "layers.1", "layers.2", "ln1"),
                new VisionTransformersTest().trained(contrasted(false, -1)));
    }

    @Test
    void frozenStagesOfMoCoV3CountFromThePatchEmbedding() {
        assertEquals(Set.of("layers.0", "layers.1", "layers.2", "ln1"), trained(contrasted(false, 0)));
        assertEquals(Set.of("layers.2", "ln1"), new VisionTransformersTest().trained(contrasted(false, 2)));
        assertEquals(Set.of(), new VisionTransformersTest().trained(contrasted(false, 3)));
    }

    @Test
    void moCoV3BeginsWithItsOwnValuesWhateverTheLayersDoAndWhateverTheConfigSays() {
        Initializer three = weight -> weight.name().equals("weight") ? Optional.of(Fill.constant(3)) : Optional.empty();
        contrasted(true, -1, three).build(graph);
        weights.allocate();
        assertEquals(Math.sqrt(6.0 / (16 + 192)), weights.array("patch_embed.projection.weight").amaxNumber().doubleValue(), 2e-3);
        assertEquals(Math.sqrt(6.0 / (16 + 16)), weights.array("layers.1.attn.qkv.weight").amaxNumber().doubleValue(), 5e-3);
        assertEquals(Math.sqrt(6.0 / (16 + 32)), weights.array("layers.1.ffn.layers.0.0.weight").amaxNumber().doubleValue(), 5e-3);
        assertEquals(0, weights.array("layers.1.ffn.layers.0.0.bias").amaxNumber().doubleValue());
        assertEquals(3, weights.array("layers.1.ln2.weight").minNumber().doubleValue());
        assertEquals(1, weights.array("pos_embed").maxNumber().doubleValue(), 1e-6);
    }

    @Test
    void positionsOfMoCoV3CountDownTheColumnsOfAnImageThatIsNotSquare() {
        new MoCoV3ViT.Factory().create(new MoCoV3ViT.Config(true, -1, false, SMALL, List.of(16, 24), List.of(8), 3, List.of(-1), 0, 0, true, NORM, true, true,
                false, true, Interpolation.BICUBIC, PATCH, LAYERS, List.of())).build(graph);
        weights.allocate();
        INDArray positions = weights.array("pos_embed");                                                    // [1, 1 + 2 * 3, 16]
        for (int place = 0; place < 6; place++) {
            assertEquals(Math.sin(place / 2), positions.getDouble(0, 1 + place, 0), 1e-6, "column");
            assertEquals(Math.sin(place % 2), positions.getDouble(0, 1 + place, 8), 1e-6, "row");
        }
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertMessage("frozen_stages must be at most num_layers 3, not 4", () -> contrasted(true, 4));
        assertMessage("frozen_stages must be at most num_layers 3, not 4", () -> transformer(SMALL, 32, 8, true, List.of(-1), 4));
        assertMessage("out_indices must name layers of the 3, not [3]", () -> transformer(SMALL, 32, 8, true, List.of(3), -1));
        assertMessage("patch_size 7 must divide img_size [32]", () -> transformer(SMALL, 32, 7, true, List.of(-1), -1));
        assertMessage("mask_ratio must be at least 0 and below 1, not 1.0", () -> encoder(1));
        assertMessage("mask_ratio 0.95 leaves none of the 16 patches visible: lower it", () -> encoder(0.95).build(graph).apply(graph.input("x", DataType.FLOAT, 2, 3, 32, 32)));
    }

    private static void assertMessage(String message, Runnable mistake) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }

    private static Backbone encoder(double maskRatio) {
        return new MAEViT.Factory().create(new MAEViT.Config(SMALL, List.of(32), List.of(8), List.of(-1), 0, 0, NORM, true, true,
                Interpolation.BICUBIC, PATCH, LAYERS, maskRatio, List.of()));
    }

    private static Backbone contrasted(boolean stopped, int frozen, Initializer... rules) {
        return new MoCoV3ViT.Factory().create(new MoCoV3ViT.Config(stopped, frozen, false, SMALL, List.of(32), List.of(8), 3, List.of(-1), 0, 0, true, NORM,
                true, true, false, true, Interpolation.BICUBIC, PATCH, LAYERS, List.of(rules)));
    }

    private static Backbone transformer(Object arch, int image, int patch, boolean classToken, List<Integer> out, int frozen) {
        return new VisionTransformer.Factory().create(new VisionTransformer.Config(arch, List.of(image), List.of(patch), 3, out, 0, 0, true, NORM, true,
                true, false, frozen, classToken, Interpolation.BICUBIC, PATCH, LAYERS, false, List.of()));
    }
}
