package dev.selfsup.optimizer.learningratedecayoptimwrapperconstructor;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.Optimizer.LayerDecay;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.ParamGroup.Options;
import dev.selfsup.api.run.ParamGroups;
import dev.selfsup.engine.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Component;

/**
 * Learning rates that fall from the last layer of a pretrained backbone to the first (Clark et al. 2020, <a href="https://arxiv.org/abs/2003.10555">arXiv:2003.10555</a>; Bao et al. 2021,
 * <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>): {@code model_type} and {@code layer_decay_rate} of the optimizer say how. Weight decay follows custom keys alone: of all keys that the name
 * contains the shortest decides, of those of equal length the last in alphabetical order. The weights of a layer that are decayed make one group, those that are not another; the first
 * weight of a group gives all its weight decay.
 */
public final class LearningRateDecayOptimWrapperConstructor implements ParamGroups {
    private final List<Map.Entry<String, CustomKey>> keys;

    /**
     * The keys in a config, {@code paramwise_cfg}.
     *
     * @param customKeys weight decay of the parameters whose name contains the key
     * @param biasLrMult accepted and without effect
     * @param biasDecayMult accepted and without effect: use custom keys
     * @param normDecayMult accepted and without effect: use custom keys
     * @param flatDecayMult accepted and without effect: use custom keys
     * @param dwconvDecayMult accepted and without effect: use custom keys
     * @param bypassDuplicate accepted and without effect
     */
    public record Config(
            @Default("{}") Map<String, CustomKey> customKeys,
            OptionalDouble biasLrMult,
            OptionalDouble biasDecayMult,
            OptionalDouble normDecayMult,
            OptionalDouble flatDecayMult,
            OptionalDouble dwconvDecayMult,
            @Default("false") boolean bypassDuplicate) {}

    /**
     * Options of the parameters whose name contains a key.
     *
     * @param decayMult factor on the weight decay
     * @param lrMult accepted and without effect: layers decide the rate
     */
    public record CustomKey(@Default("1.0") double decayMult, @Default("1.0") double lrMult) {}

    /** The constructor of a config. */
    public LearningRateDecayOptimWrapperConstructor(Config config) {
        keys = config.customKeys().entrySet().stream().sorted(Comparator.<Map.Entry<String, CustomKey>>comparingInt(e -> -e.getKey().length())
                .thenComparing(Map.Entry.comparingByKey())).toList();
    }

    @Override
    public List<ParamGroup> groups(Optimizer optimizer, List<Parameter> parameters) {
        check(optimizer.layerDecay().isPresent(), "model_type of the optimizer is missing: LearningRateDecayOptimWrapperConstructor needs vit, swin or mixmim");
        LayerDecay decay = optimizer.layerDecay().orElseThrow();
        Layers layers = Layers.of(decay.model(), parameters.stream().map(Parameter::name).toList());
        Map<String, List<String>> members = new LinkedHashMap<>();
        Map<String, Options> options = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            double weightDecay = optimizer.weightDecay() * multiplier(parameter.name());
            int behind = layers.behind(parameter.name());
            String group = behind + (weightDecay == 0 ? " not decayed" : " decayed");
            members.computeIfAbsent(group, g -> new ArrayList<>()).add(parameter.name());
            options.putIfAbsent(group, Options.of(optimizer.lr() * Math.pow(decay.factor(), behind), weightDecay));
        }
        return members.entrySet().stream().map(e -> new ParamGroup(e.getValue(), options.get(e.getKey()))).toList();
    }

    /** All keys that the name contains are applied one after the other, the longest first: the last one stays. */
    private double multiplier(String name) {
        double multiplier = 1;
        for (Map.Entry<String, CustomKey> key : keys) {
            multiplier = name.contains(key.getKey()) ? key.getValue().decayMult() : multiplier;
        }
        return multiplier;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optim_wrapper_constructor", name = "LearningRateDecayOptimWrapperConstructor")
    public static final class Factory implements ComponentFactory<ParamGroups, Config> {
        @Override
        public ParamGroups create(Config config) {
            return new LearningRateDecayOptimWrapperConstructor(config);
        }
    }
}
