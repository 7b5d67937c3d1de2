package dev.selfsup.initializer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.engine.Initialization.Weight;
import dev.selfsup.engine.LayerType;
import dev.selfsup.initializer.constant.Constant;
import dev.selfsup.initializer.kaiming.Kaiming;
import dev.selfsup.initializer.normal.Normal;
import dev.selfsup.initializer.pretrained.Pretrained;
import dev.selfsup.initializer.truncnormal.TruncNormal;
import dev.selfsup.initializer.uniform.Uniform;
import dev.selfsup.initializer.xavier.Xavier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class InitializersConfigTest {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Map.of(
            "Constant", new Constant.Factory(), "Normal", new Normal.Factory(), "TruncNormal", new TruncNormal.Factory(),
            "Uniform", new Uniform.Factory(), "Xavier", new Xavier.Factory(), "Kaiming", new Kaiming.Factory(),
            "Pretrained", new Pretrained.Factory());

    private static final Components INSTALLED = new Components() {
        @Override
        public List<Installed> all() {
            return FACTORIES.entrySet().stream()
                    .map(e -> new Installed(new Id("initializer", "mmengine", e.getKey()), e.getValue())).toList();
        }

        @Override
        public Optional<Installed> find(String kind, String type, List<String> scopes) {
            return all().stream().filter(i -> i.id().kind().equals(kind) && i.id().name().equals(type)).findFirst();
        }
    };

    record Module(List<Initializer> initCfg) {}

    private static List<Initializer> bind(String yaml) {
        return Config.parse("test", yaml).bind(Module.class, INSTALLED).initCfg();
    }

    @Test
    void everyRuleOfTheReferencesConfigsBinds() {
        assertEquals(11, bind("""
                init_cfg:
                - {type: Kaiming, distribution: uniform, layer: [Linear]}
                - {type: TruncNormal, std: 0.02, layer: Conv2d}
                - {type: Constant, layer: LayerNorm, val: 1.0, bias: 0.0}
                - {type: TruncNormal, layer: Linear, std: 0.02, bias: 0}
                - {type: Normal, std: 0.005, layer: Linear}
                - {type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}
                - {type: Xavier, distribution: uniform, layer: Linear}
                - {type: Pretrained, checkpoint: ''}
                - {type: Pretrained, checkpoint: model.safetensors, prefix: backbone.}
                - {type: Uniform, a: -0.1, b: 0.1, bias_prob: 0.01, layer: Linear}
                - {type: Kaiming, a: 1, mode: fan_in, nonlinearity: leaky_relu, layer: Conv2d}
                """).size());
    }

    @Test
    void defaultsAreThoseOfTheReference() {
        long[] shape = {100, 400};
        assertEquals(Math.sqrt(2.0 / 100), deviation(bind("init_cfg: {type: Kaiming, layer: Linear}"), shape), 1e-3);
        assertEquals(Math.sqrt(2.0 / 500), deviation(bind("init_cfg: {type: Xavier, layer: Linear}"), shape), 1e-3);
        assertEquals(1, deviation(bind("init_cfg: {type: Normal, layer: Linear}"), shape), 0.02);
        assertEquals(0.8796, deviation(bind("init_cfg: {type: TruncNormal, layer: Linear}"), shape), 0.02);
        assertEquals(1 / Math.sqrt(12), deviation(bind("init_cfg: {type: Uniform, layer: Linear}"), shape), 0.01);
    }

    private static double deviation(List<Initializer> rules, long... shape) {
        float[] values = new float[(int) (shape[0] * shape[1])];
        rules.get(0).fill(new Weight("fc", "weight", LayerType.LINEAR, shape)).orElseThrow().fill(values, shape, new SplittableRandom(1));
        double sum = 0;
        double squares = 0;
        for (float v : values) {
            sum += v;
            squares += (double) v * v;
        }
        return Math.sqrt(squares / values.length - Math.pow(sum / values.length, 2));
    }

    @Test
    void anOverrideIsWrittenInsideItsRule() {
        Initializer rule = bind("""
                init_cfg: {type: Constant, val: 1, bias: 2, layer: Conv2d, override: {type: Constant, name: reg, val: 3, bias: 4}}
                """).get(0);
        float[] value = new float[1];
        long[] shape = {1};
        rule.fill(new Weight("reg", "bias", LayerType.CONV, shape)).orElseThrow().fill(value, shape, new SplittableRandom(1));
        assertEquals(4, value[0]);
    }

    @Test
    void anUnknownDistributionIsReportedAtItsPlace() {
        UsageException e = assertThrows(UsageException.class, () -> bind("init_cfg: {type: Xavier, distribution: gauss}"));
        assertTrue(e.getMessage().contains("init_cfg.distribution: must be one of uniform, normal, not the text 'gauss'"), e.getMessage());
    }
}
