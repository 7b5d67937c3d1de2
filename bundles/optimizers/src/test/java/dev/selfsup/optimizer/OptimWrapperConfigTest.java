package dev.selfsup.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import dev.selfsup.optimizer.adam.Adam;
import dev.selfsup.optimizer.adamw.AdamW;
import dev.selfsup.optimizer.ampoptimwrapper.AmpOptimWrapper;
import dev.selfsup.optimizer.defaultoptimwrapperconstructor.DefaultOptimWrapperConstructor;
import dev.selfsup.optimizer.lars.LARS;
import dev.selfsup.optimizer.sgd.SGD;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class OptimWrapperConfigTest {
    private static final Map<String, ComponentFactory<?, ?>> FACTORIES = Map.of(
            "SGD", new SGD.Factory(), "Adam", new Adam.Factory(), "AdamW", new AdamW.Factory(), "LARS", new LARS.Factory(),
            "OptimWrapper", new dev.selfsup.optimizer.optimwrapper.OptimWrapper.Factory(), "AmpOptimWrapper", new AmpOptimWrapper.Factory(),
            "DefaultOptimWrapperConstructor", new DefaultOptimWrapperConstructor.Factory());

    /** What this module offers, whatever the kind and scope. */
    private static final Components INSTALLED = new Components() {
        @Override
        public List<Installed> all() {
            return FACTORIES.entrySet().stream().map(e -> new Installed(new Id("any", "any", e.getKey()), e.getValue())).toList();
        }

        @Override
        public Optional<Installed> find(String kind, String type, List<String> scopes) {
            return all().stream().filter(i -> i.id().name().equals(type)).findFirst();
        }
    };

    private static OptimWrapper bind(String yaml) {
        return Config.parse("test", yaml).bind("optim_wrapper", OptimWrapper.class, INSTALLED);
    }

    @Test
    void theWrapperOfSimclrBinds() {
        OptimWrapper wrapper = bind("""
                optim_wrapper:
                  type: OptimWrapper
                  optimizer: {type: LARS, lr: 0.3, weight_decay: 1.0e-6, momentum: 0.9}
                  paramwise_cfg:
                    custom_keys:
                      bn: {decay_mult: 0, lars_exclude: true}
                      bias: {decay_mult: 0, lars_exclude: true}
                """);
        assertEquals(0.3, assertInstanceOf(LARS.class, wrapper.optimizer()).lr());
        assertEquals(1, wrapper.accumulativeCounts());
        assertTrue(wrapper.clipGrad().isEmpty());
        assertFalse(wrapper.amp());
        List<ParamGroup> groups = wrapper.paramGroups().groups(wrapper.optimizer(), List.of(
                new Parameter("conv.weight", LayerType.CONV, Nd4j.zeros(1), Nd4j.zeros(1)),
                new Parameter("conv.bias", LayerType.CONV, Nd4j.zeros(1), Nd4j.zeros(1))));
        assertEquals(List.of(false, true), groups.stream().map(g -> g.options().larsExclude()).toList());
    }

    @Test
    void aWrapperForMixedPrecisionBindsWithEachFormOfLossScale() {
        for (String scale : List.of("dynamic", "512.0", "{init_scale: 512, growth_interval: 100}")) {
            OptimWrapper wrapper = bind("""
                    optim_wrapper:
                      type: AmpOptimWrapper
                      loss_scale: %s
                      optimizer: {type: AdamW, lr: 0.0024, betas: [0.9, 0.95], weight_decay: 0.05}
                      clip_grad: {max_norm: 5}
                      accumulative_counts: 2
                    """.formatted(scale));
            assertTrue(wrapper.amp());
            assertEquals(5, wrapper.clipGrad().orElseThrow().maxNorm().orElseThrow());
            assertEquals(2, wrapper.accumulativeCounts());
        }
    }

    @Test
    void defaultsAreThoseOfTheReference() {
        OptimWrapper wrapper = bind("optim_wrapper: {optimizer: {type: Adam}}");
        assertEquals(0.001, wrapper.optimizer().lr());
        assertEquals(0, wrapper.optimizer().weightDecay());
        assertEquals(0.01, bind("optim_wrapper: {optimizer: {type: AdamW}}").optimizer().weightDecay());
        assertInstanceOf(DefaultOptimWrapperConstructor.class, wrapper.paramGroups());
        OptimWrapper.ClipGrad clip =
                bind("optim_wrapper: {optimizer: {type: SGD, lr: 1}, clip_grad: {type: value, clip_value: 2}}").clipGrad().orElseThrow();
        assertEquals(OptimWrapper.ClipGrad.Type.VALUE, clip.type());
        assertEquals(2, clip.normType());
        assertFalse(clip.errorIfNonfinite());
    }

    @Test
    void mistakesAreReportedAtTheirPlace() {
        UsageException e = assertThrows(UsageException.class, () -> bind("""
                optim_wrapper:
                  optimizer: {type: SGD, lr: -1}
                  paramwise_cfg: {custom_keys: {bn: {decay_mul: 0}}}
                """));
        assertTrue(e.getMessage().contains("test:2:30: optim_wrapper.optimizer.lr: lr must not be negative: -1.0"), e.getMessage());
        assertTrue(e.getMessage().contains("optim_wrapper.paramwise_cfg.custom_keys.bn.decay_mul"), e.getMessage());
    }
}
