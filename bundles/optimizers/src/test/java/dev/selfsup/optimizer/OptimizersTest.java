package dev.selfsup.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.run.OptimWrapper.ClipGrad;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import dev.selfsup.optimizer.adam.Adam;
import dev.selfsup.optimizer.adamw.AdamW;
import dev.selfsup.optimizer.ampoptimwrapper.AmpOptimWrapper;
import dev.selfsup.optimizer.defaultoptimwrapperconstructor.DefaultOptimWrapperConstructor;
import dev.selfsup.optimizer.defaultoptimwrapperconstructor.DefaultOptimWrapperConstructor.Config;
import dev.selfsup.optimizer.defaultoptimwrapperconstructor.DefaultOptimWrapperConstructor.CustomKey;
import dev.selfsup.optimizer.lars.LARS;
import dev.selfsup.optimizer.optimwrapper.OptimWrapper;
import dev.selfsup.optimizer.learningratedecayoptimwrapperconstructor.LearningRateDecayOptimWrapperConstructor;
import dev.selfsup.optimizer.sgd.SGD;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

class OptimizersTest {
    private static final Path FIXTURES = Path.of(System.getProperty("selfsup.root"), "integration-tests/fixtures");
    private static final SGD SGD = new SGD(new SGD.Config(0.1, 0.9, 0, 0.01, false, Optional.empty(), 1));
    private static final LayerType DEPTHWISE = LayerType.CONV;

    @ParameterizedTest
    @ValueSource(strings = {
        "optim_groups_barlowtwins_barlowtwins_resnet50_8xb256-coslr-300e_in1k",
        "optim_groups_byol_byol_resnet50_8xb32-accum16-coslr-200e_in1k",
        "optim_groups_deepcluster_deepcluster_resnet50_8xb64-steplr-200e_in1k",
        "optim_groups_mae_mae_vit-base-p16_8xb512-amp-coslr-300e_in1k",
        "optim_groups_maskfeat_maskfeat_vit-base-p16_8xb256-amp-coslr-300e_in1k",
        "optim_groups_simsiam_simsiam_resnet50_8xb32-coslr-100e_in1k"
    })
    void everyParameterOfAModelOfTheReferenceHasItsOptions(String name) throws IOException {
        JsonNode info = new ObjectMapper().readTree(FIXTURES.resolve("components").resolve(name).resolve("case.json").toFile());
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        info.get("param_groups").properties().forEach(e -> expected.put(e.getKey(), e.getValue()));
        info.get("frozen").forEach(frozen -> expected.remove(frozen.asText()));
        assertOptions(info.get("optim_wrapper"), expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "optim_groups_beit_vit-base-p16_ft-8xb128-coslr-100e_in1k",
        "optim_groups_classification_swin-base_ft-8xb256-coslr-100e_in1k-192",
        "optim_groups_classification_vit-base-p16_ft-8xb128-coslr-100e_in1k",
        "optim_groups_mixmim_mixmim-base-p16_ft-8xb128-coslr-100e-in1k"
    })
    void ratesFallFromLayerToLayerAsInTheReference(String name) throws IOException {
        JsonNode info = new ObjectMapper().readTree(FIXTURES.resolve("components").resolve(name).resolve("case.json").toFile());
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        info.get("param_groups").properties().forEach(e -> expected.put(e.getKey(), e.getValue()));
        info.get("frozen").forEach(frozen -> expected.remove(frozen.asText()));
        JsonNode optimizer = info.at("/optim_wrapper/optimizer");
        Optimizer base = new AdamW(new AdamW.Config(optimizer.get("lr").asDouble(), List.of(0.9, 0.999), 1e-8, optimizer.get("weight_decay").asDouble(), false,
                Optional.of(optimizer.get("model_type").asText()), optimizer.get("layer_decay_rate").asDouble()));
        Map<String, LearningRateDecayOptimWrapperConstructor.CustomKey> keys = new LinkedHashMap<>();
        info.at("/optim_wrapper/paramwise_cfg/custom_keys").properties().forEach(e -> keys.put(e.getKey(),
                new LearningRateDecayOptimWrapperConstructor.CustomKey(e.getValue().path("decay_mult").asDouble(1), 1)));
        List<ParamGroup> groups = layerwise(keys).groups(base, expected.keySet().stream().map(p -> parameter(p, LayerType.NONE, 1)).toList());
        Set<String> seen = new HashSet<>();
        groups.forEach(group -> group.parameters().forEach(parameter -> {
            assertEquals(expected.get(parameter).get("lr").asDouble(), group.rate(), 1e-12 * group.rate(), parameter);
            assertEquals(expected.get(parameter).get("weight_decay").asDouble(), group.weightDecay(), parameter);
            seen.add(parameter);
        }));
        assertEquals(expected.keySet(), seen);
    }

    private static LearningRateDecayOptimWrapperConstructor layerwise(Map<String, LearningRateDecayOptimWrapperConstructor.CustomKey> keys) {
        OptionalDouble none = OptionalDouble.empty();
        return new LearningRateDecayOptimWrapperConstructor(new LearningRateDecayOptimWrapperConstructor.Config(keys, none, none, none, none, none, false));
    }

    @Test
    void ofSeveralKeysTheShortestDecidesAndRatesDoNotDependOnFrozenLayers() {
        Optimizer base = new AdamW(new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.5, false, Optional.of("swin"), 0.5));
        Map<String, LearningRateDecayOptimWrapperConstructor.CustomKey> keys = Map.of(
                "attn.qkv.bias", new LearningRateDecayOptimWrapperConstructor.CustomKey(2, 1), "bias", new LearningRateDecayOptimWrapperConstructor.CustomKey(0.5, 1));
        List<ParamGroup> groups = layerwise(keys).groups(base, List.of(parameter("backbone.stages.2.blocks.0.attn.qkv.bias", LayerType.LINEAR, 8),
                parameter("backbone.stages.2.downsample.norm.weight", LayerType.LAYER_NORM, 8), parameter("head.fc.weight", LayerType.LINEAR, 8, 8)));
        assertEquals(List.of(0.05, 0.05, 0.1), List.of(groups.get(0).rate(), groups.get(0).rate(), groups.get(1).rate()));
        assertEquals(0.25, groups.get(0).weightDecay());
        assertEquals(List.of("backbone.stages.2.blocks.0.attn.qkv.bias", "backbone.stages.2.downsample.norm.weight"), groups.get(0).parameters());
    }

    @Test
    void aTypeOfModelGoesWithTheConstructorThatKnowsIt() {
        Optimizer decaying = new AdamW(new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.5, false, Optional.of("vit"), 0.5));
        assertMessage("model_type of the optimizer needs constructor: LearningRateDecayOptimWrapperConstructor in optim_wrapper",
                () -> new DefaultOptimWrapperConstructor(config(new ObjectMapper().createObjectNode())).groups(decaying, List.of()));
        assertMessage("model_type of the optimizer is missing: LearningRateDecayOptimWrapperConstructor needs vit, swin or mixmim",
                () -> layerwise(Map.of()).groups(SGD, List.of()));
        assertMessage("model_type must be vit, swin or mixmim, not resnet",
                () -> new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.5, false, Optional.of("resnet"), 0.5));
        assertMessage("layer_decay_rate must be positive, not 0.0",
                () -> new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.5, false, Optional.of("vit"), 0));
    }

    @Test
    void everyParameterOfSimclrHasItsOptions() throws IOException {
        JsonNode info = new ObjectMapper().readTree(FIXTURES.resolve("algorithms/simclr/case.json").toFile());
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        info.get("param_groups").forEach(group -> group.get("names").forEach(name -> expected.put(name.asText(), group)));
        assertOptions(info.get("optim_wrapper"), expected);
    }

    private static void assertOptions(JsonNode wrapper, Map<String, JsonNode> expected) {
        JsonNode optimizer = wrapper.get("optimizer");
        Optimizer base = new SGD(new SGD.Config(optimizer.get("lr").asDouble(), 0.9, 0, optimizer.get("weight_decay").asDouble(), false, Optional.empty(), 1));
        List<Parameter> parameters = new ArrayList<>();
        expected.keySet().forEach(name -> parameters.add(new Parameter(name, layer(name), Nd4j.zeros(1), Nd4j.zeros(1))));
        List<ParamGroup> groups = new DefaultOptimWrapperConstructor(config(wrapper.get("paramwise_cfg"))).groups(base, parameters);
        List<String> seen = new ArrayList<>();
        for (ParamGroup group : groups) {
            for (String name : group.parameters()) {
                JsonNode wanted = expected.get(name);
                assertEquals(wanted.get("lr").asDouble(), group.rate(), name);
                assertEquals(wanted.get("weight_decay").asDouble(), group.weightDecay(), name);
                assertEquals(wanted.path("lars_exclude").asBoolean(false), group.options().larsExclude(), name);
                assertEquals(wanted.path("fix_lr").asBoolean(false), group.options().fixedRate(), name);
                assertEquals(wanted.path("momentum").asDouble(0.9), group.momentumOr(0.9), name);
                seen.add(name);
            }
        }
        assertEquals(expected.size(), seen.size());
        assertEquals(expected.keySet(), new java.util.HashSet<>(seen));
    }

    private static LayerType layer(String name) {
        if (name.matches(".*\\.(bn\\d*|downsample\\.1)\\.(weight|bias)")) {
            return LayerType.BATCH_NORM_2D;
        }
        return name.matches(".*\\.(ln\\d*|norm\\d*)\\.(weight|bias)") ? LayerType.LAYER_NORM : LayerType.NONE;
    }

    private static Config config(JsonNode node) {
        Map<String, CustomKey> keys = new LinkedHashMap<>();
        node.path("custom_keys").properties().forEach(e -> keys.put(e.getKey(), new CustomKey(
                e.getValue().path("lr_mult").asDouble(1), e.getValue().path("decay_mult").asDouble(1), OptionalDouble.empty(),
                OptionalDouble.empty(), optional(e.getValue(), "momentum"), e.getValue().path("lars_exclude").asBoolean(false),
                e.getValue().path("fix_lr").asBoolean(false))));
        return new Config(keys, optional(node, "bias_lr_mult"), optional(node, "bias_decay_mult"), optional(node, "norm_decay_mult"),
                optional(node, "flat_decay_mult"), optional(node, "dwconv_decay_mult"), false);
    }

    private static OptionalDouble optional(JsonNode node, String key) {
        return node.has(key) ? OptionalDouble.of(node.get(key).asDouble()) : OptionalDouble.empty();
    }

    @Test
    void multipliersApplyByKindOfLayerInTheReferencesOrder() {
        OptionalDouble none = OptionalDouble.empty();
        Config all = new Config(Map.of(), OptionalDouble.of(2), OptionalDouble.of(3), OptionalDouble.of(5), OptionalDouble.of(7),
                OptionalDouble.of(11), false);
        assertRule(all, (name, group) -> {
            assertEquals(name.equals("conv.bias") || name.equals("dw.bias") ? 0.2 : 0.1, group.rate(), 1e-15, name);
            double factor = switch (name) {
                case "bn.weight", "bn.bias" -> 5;
                case "conv.bias", "dw.bias" -> 3;
                case "dw.weight" -> 11;
                case "scale" -> 7;
                default -> 1;
            };
            assertEquals(0.01 * factor, group.weightDecay(), 1e-15, name);
        });
        assertRule(new Config(Map.of(), none, OptionalDouble.of(3), none, OptionalDouble.of(7), none, false), (name, group) -> {
            double factor = name.endsWith("bias") ? 3 : name.equals("bn.weight") || name.equals("scale") ? 7 : 1;
            assertEquals(0.01 * factor, group.weightDecay(), 1e-15, name);
        });
    }

    private static void assertRule(Config config, BiConsumer<String, ParamGroup> rule) {
        List<Parameter> parameters = List.of(
                parameter("conv.weight", LayerType.CONV, 8, 3, 3, 3), parameter("conv.bias", LayerType.CONV, 8),
                parameter("dw.weight", DEPTHWISE, 8, 1, 3, 3), parameter("dw.bias", DEPTHWISE, 8),
                parameter("bn.weight", LayerType.BATCH_NORM_2D, 8), parameter("bn.bias", LayerType.BATCH_NORM_2D, 8),
                parameter("scale", LayerType.NONE, 8));
        List<ParamGroup> groups = new DefaultOptimWrapperConstructor(config).groups(SGD, parameters);
        assertEquals(7, groups.stream().mapToInt(g -> g.parameters().size()).sum());
        groups.forEach(g -> g.parameters().forEach(name -> rule.accept(name, g)));
    }

    private static Parameter parameter(String name, LayerType layer, long... shape) {
        return new Parameter(name, layer, Nd4j.zeros(shape), Nd4j.zeros(shape));
    }

    @Test
    void theLongestKeyWinsThenTheFirstInTheAlphabetAndTopLevelNamesStartWithADot() {
        Map<String, CustomKey> keys = Map.of(
                "conv", decay(2), "conv.weight", decay(3), "eight", decay(5), ".scale", decay(7), "scalf", decay(11), "a.sca", decay(13));
        List<Parameter> parameters = List.of(parameter("a.conv.weight", LayerType.CONV, 1, 1, 1, 1),
                parameter("a.scale", LayerType.NONE, 1), parameter("b.sca", LayerType.NONE, 1), parameter("a.scalf", LayerType.NONE, 1),
                parameter("scale", LayerType.NONE, 1), parameter("upscale", LayerType.NONE, 1));
        OptionalDouble none = OptionalDouble.empty();
        Map<String, Double> decays = new LinkedHashMap<>();
        new DefaultOptimWrapperConstructor(new Config(keys, none, none, none, none, none, false)).groups(SGD, parameters)
                .forEach(g -> g.parameters().forEach(name -> decays.put(name, Math.rint(g.weightDecay() * 100))));
        assertEquals(Map.of("a.conv.weight", 3.0, "a.scale", 7.0, "b.sca", 1.0, "a.scalf", 13.0, "scale", 7.0, "upscale", 1.0), decays);
    }

    private static CustomKey decay(double factor) {
        OptionalDouble none = OptionalDouble.empty();
        return new CustomKey(1, factor, none, none, none, false, false);
    }

    @Test
    void wrongOptionsAreRefusedWithRuleAndValue() {
        assertMessage("lr must not be negative: -1.0", () -> new SGD.Config(-1, 0, 0, 0, false, Optional.empty(), 1));
        assertMessage("nesterov needs a momentum above 0 and no dampening: momentum 0.0, dampening 0.0",
                () -> new LARS.Config(1, 0, 0, 0, 0.001, true, 1e-8, Optional.empty(), 1));
        assertMessage("betas must be two numbers, at least 0 and below 1, not [0.9, 1.0]",
                () -> new Adam.Config(1, List.of(0.9, 1.0), 1e-8, 0, false, Optional.empty(), 1));
        assertMessage("accumulative_counts must be at least 1, not 0",
                () -> new OptimWrapper.Config(SGD, (o, p) -> List.of(), 0, Optional.empty()));
        assertMessage("dtype must be float16 or bfloat16, not int8",
                () -> new AmpOptimWrapper.Config(SGD, (o, p) -> List.of(), 1, Optional.empty(), "dynamic", Optional.of("int8")));
        assertMessage("max_norm must be given for type: norm and not for type: value",
                () -> new ClipGrad(ClipGrad.Type.NORM, OptionalDouble.empty(), 2, false, OptionalDouble.empty()));
        assertMessage("clip_value must be given for type: value and not for type: norm",
                () -> new ClipGrad(ClipGrad.Type.NORM, OptionalDouble.of(1), 2, false, OptionalDouble.of(1)));
        assertMessage("norm_type must be at least 1, not 0.5",
                () -> new ClipGrad(ClipGrad.Type.NORM, OptionalDouble.of(1), 0.5, false, OptionalDouble.empty()));
    }

    private static void assertMessage(String message, Executable config) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, config).getMessage());
    }
}
