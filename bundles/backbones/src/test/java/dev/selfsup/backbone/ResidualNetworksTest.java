package dev.selfsup.backbone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.backbone.resnet.ResNet;
import dev.selfsup.backbone.resnet_cifar.ResNet_CIFAR;
import dev.selfsup.backbone.resnetv1d.ResNetV1d;
import dev.selfsup.backbone.resnext.ResNeXt;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Weights;
import dev.selfsup.layers.BatchNorm;
import dev.selfsup.layers.Conv2d;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

class ResidualNetworksTest {
    private static final Norm NORM = new Norm() {
        @Override
        public String abbreviation() {
            return "bn";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            return new BatchNorm(LayerType.BATCH_NORM_2D, 1e-5, 0.1, affine, false).build(graph, channels);
        }
    };
    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void parametersAreAsManyAsInTorchvisionWithoutTheClassifier() {
        assertEquals(11_176_512, parameters(resNet(18, 64, false, -1, false)));
        assertEquals(23_508_032, new ResidualNetworksTest().parameters(resNet(50, 64, false, -1, false)));
    }

    private long parameters(Backbone backbone) {
        backbone.build(graph);
        weights.allocate();
        return weights.parameters().stream().mapToLong(p -> p.value().length()).sum();
    }

    @Test
    void theStemsOutputIsGivenBeforePooling() {
        List<SDVariable> out = resNet(18, 8, false, -1, false).build(graph).apply(graph.input("x", DataType.FLOAT, 2, 3, 64, 64));
        assertEquals("[[2, 8, 32, 32], [2, 8, 16, 16], [2, 16, 8, 8], [2, 32, 4, 4], [2, 64, 2, 2]]",
                Arrays.deepToString(out.stream().map(graph::shape).toArray()));
    }

    @Test
    void smallImagesKeepTheirSizeInTheStemAndStagesCountFromZero() {
        Backbone cifar = new ResNet_CIFAR.Factory().create(new ResNet_CIFAR.Config(18, 3, 8, 8, Optional.empty(), 4, List.of(1, 2, 2, 2),
                List.of(1, 1, 1, 1), List.of(0, 3), "pytorch", false, false, -1, NORM, false, false, true, List.of(), 0));
        List<SDVariable> out = cifar.build(graph).apply(graph.input("x", DataType.FLOAT, 2, 3, 32, 32));
        assertEquals("[[2, 8, 32, 32], [2, 64, 4, 4]]", Arrays.deepToString(out.stream().map(graph::shape).toArray()));
    }

    @Test
    void aDeepStemAndAveragedShortcutsHaveTheReferencesNames() {
        parameters(resNet(18, 8, true, -1, false));
        Set<String> names = weights.state().keySet();
        assertTrue(names.containsAll(Set.of("stem.0.conv.weight", "stem.2.bn.running_var", "layer1.0.conv1.weight", "layer2.0.downsample.1.weight",
                "layer2.0.downsample.2.bias")), names::toString);
        assertFalse(names.contains("conv1.weight"));
    }

    @Test
    void frozenStagesHaveNoTrainableWeight() {
        parameters(resNet(18, 8, false, 2, false));
        Set<String> parts = weights.parameters().stream().map(Parameter::name).map(name -> name.substring(0, name.indexOf('.'))).collect(Collectors.toSet());
        assertEquals(Set.of("layer3", "layer4"), parts);
        assertTrue(weights.state().containsKey("conv1.weight"));
    }

    @Test
    void theLastNormOfABlockBeginsAtZeroWhereItIsAskedTo() {
        parameters(resNet(50, 8, false, -1, true));
        assertEquals(0, weights.array("layer1.0.bn3.weight").sumNumber().doubleValue());
        assertEquals(8, weights.array("layer1.0.bn2.weight").sumNumber().doubleValue());
    }

    @Test
    void ofSeveralRulesThatMatchTheLastWins() {
        Initializer three = weight -> weight.layer().is("Conv2d") ? Optional.of(Fill.constant(3)) : Optional.empty();
        Initializer four = weight -> weight.path().startsWith("layer2") && weight.layer().is("Conv2d") ? Optional.of(Fill.constant(4)) : Optional.empty();
        parameters(resNet(18, 8, false, -1, false, List.of(three, four)));
        assertEquals(3, weights.array("conv1.weight").maxNumber().doubleValue());
        assertEquals(4, weights.array("layer2.0.conv1.weight").minNumber().doubleValue());
    }

    @Test
    void parametersOfResNeXtAreAsManyAsInTorchvisionWithoutTheClassifier() {
        assertEquals(22_979_904, parameters(resNeXt(50, 32, 4)));
        assertArrayEquals(new long[] {128, 4, 3, 3}, weights.array("layer1.0.conv2.weight").shape());
        assertArrayEquals(new long[] {1024, 32, 3, 3}, weights.array("layer4.2.conv2.weight").shape());
    }

    @Test
    void aResNeXtOfOneGroupIsAResNet() {
        long parameters = parameters(resNeXt(50, 1, 4));
        assertEquals(23_508_032, parameters);
    }

    @Test
    void aResNetV1dHasThreeConvolutionsFirstAndAveragesInShortcuts() {
        Backbone backbone = new ResNetV1d.Factory().create(new ResNetV1d.Config(50, 3, 64, 64, Optional.empty(), 4, List.of(1, 2, 2, 2),
                List.of(1, 1, 1, 1), List.of(4), "pytorch", -1, Optional.empty(), NORM, false, false, false, List.of(), 0));
        assertEquals(23_508_032 + 19_232, parameters(backbone));                          // 28_704 in the stem's three instead of 9_472 in its one
        assertTrue(weights.state().keySet().containsAll(Set.of("stem.1.bn.bias", "layer1.0.downsample.0.weight", "layer2.0.downsample.1.weight")));
    }

    @Test
    void outputsComeInTheOrderOfTheStages() {
        List<SDVariable> out = new ResNet.Factory().create(new ResNet.Config(18, 3, 8, 8, Optional.empty(), 4, List.of(1, 2, 2, 2), List.of(1, 1, 1, 1),
                List.of(4, 2, 2), "pytorch", false, false, -1, Optional.empty(), NORM, false, false, false, List.of(), 0))
                .build(graph).apply(graph.input("x", DataType.FLOAT, 2, 3, 64, 64));
        assertEquals("[[2, 16, 8, 8], [2, 64, 2, 2]]", Arrays.deepToString(out.stream().map(graph::shape).toArray()));
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertMessage("depth must be one of 50, 101, 152, not 34", () -> resNeXt(34, 32, 4));
        assertMessage("groups and width_per_group must be positive, not 32 and 0", () -> resNeXt(50, 32, 0));
        assertMessage("conv_cfg must be of type Conv2d, not DCN: leave it out", () -> new Conv2d.Options("DCN"));
        assertMessage("depth must be one of 18, 34, 50, 101, 152, not 49", () -> resNet(49, 8, false, -1, false));
        assertMessage("frozen_stages must be -1 to 4, not 5", () -> resNet(18, 8, false, 5, false));
    }

    private static void assertMessage(String message, Runnable mistake) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }

    private static Backbone resNeXt(int depth, int groups, int width) {
        return new ResNeXt.Factory().create(new ResNeXt.Config(depth, groups, width, 3, 64, 64, Optional.empty(), 4, List.of(1, 2, 2, 2),
                List.of(1, 1, 1, 1), List.of(4), "pytorch", false, false, -1, Optional.empty(), NORM, false, false, false, List.of(), 0));
    }

    private static Backbone resNet(int depth, int width, boolean deep, int frozen, boolean zero) {
        return resNet(depth, width, deep, frozen, zero, List.of());
    }

    private static Backbone resNet(int depth, int width, boolean deep, int frozen, boolean zero, List<Initializer> rules) {
        return new ResNet.Factory().create(new ResNet.Config(depth, 3, width, width, Optional.empty(), 4, List.of(1, 2, 2, 2), List.of(1, 1, 1, 1),
                List.of(0, 1, 2, 3, 4), "pytorch", deep, deep, frozen, Optional.empty(), NORM, false, false, zero, rules, 0));
    }
}
