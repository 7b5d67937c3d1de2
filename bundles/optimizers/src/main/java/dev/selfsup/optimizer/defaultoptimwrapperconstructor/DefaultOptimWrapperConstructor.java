package dev.selfsup.optimizer.defaultoptimwrapperconstructor;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.ParamGroup.Options;
import dev.selfsup.api.run.ParamGroups;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;

/**
 * Options by parameter, by name and kind of layer. The longest custom key that the name contains decides alone; of
 * keys of equal length the first in alphabetical order. Names are matched with a leading dot for parameters of the model itself.
 * Other parameters follow the multipliers for norm layers, biases, depthwise convolutions and flat parameters, of
 * which the first that applies and is given decides. Parameters of equal options make one group.
 */
public final class DefaultOptimWrapperConstructor implements ParamGroups {
    private final Config config;
    private final List<String> keys;

    /**
     * The keys in a config, {@code paramwise_cfg}.
     *
     * @param customKeys options of the parameters whose name contains the key
     * @param biasLrMult factor on the rate of biases, those of norm layers excepted
     * @param biasDecayMult factor on the weight decay of biases
     * @param normDecayMult factor on the weight decay of norm layers
     * @param flatDecayMult factor on the weight decay of other parameters with one dimension
     * @param dwconvDecayMult factor on the weight decay of depthwise convolutions
     * @param bypassDuplicate accepted; a shared parameter is listed once in any case
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
     * @param lrMult factor on the learning rate
     * @param decayMult factor on the weight decay
     * @param lr learning rate instead of the optimizer's
     * @param weightDecay weight decay instead of the optimizer's
     * @param momentum momentum instead of the optimizer's
     * @param larsExclude whether LARS leaves the rate of these parameters as it is
     * @param fixLr whether the method keeps the rate of these parameters at its configured value
     */
    public record CustomKey(
            @Default("1.0") double lrMult,
            @Default("1.0") double decayMult,
            OptionalDouble lr,
            OptionalDouble weightDecay,
            OptionalDouble momentum,
            @Default("false") boolean larsExclude,
            @Default("false") boolean fixLr) {}

    /** The constructor of a config. */
    public DefaultOptimWrapperConstructor(Config config) {
        this.config = config;
        keys = config.customKeys().keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    @Override
    public List<ParamGroup> groups(Optimizer optimizer, List<Parameter> parameters) {
        Check.check(optimizer.layerDecay().isEmpty(), "model_type of the optimizer needs constructor: LearningRateDecayOptimWrapperConstructor in optim_wrapper");
        Set<String> depthwise = parameters.stream()
                .filter(DefaultOptimWrapperConstructor::isDepthwiseWeight)
                .map(p -> module(p.name()))
                .collect(Collectors.toSet());
        Map<Options, List<String>> groups = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            Options options = options(parameter, optimizer, depthwise.contains(module(parameter.name())));
            groups.computeIfAbsent(options, o -> new ArrayList<>()).add(parameter.name());
        }
        return groups.entrySet().stream().map(e -> new ParamGroup(e.getValue(), e.getKey())).toList();
    }

    private Options options(Parameter parameter, Optimizer optimizer, boolean depthwise) {
        String name = parameter.name().contains(".") ? parameter.name() : "." + parameter.name();
        for (String key : keys) {
            if (name.contains(key)) {
                CustomKey custom = config.customKeys().get(key);
                return new Options(custom.lr().orElse(optimizer.lr() * custom.lrMult()),
                        custom.weightDecay().orElse(optimizer.weightDecay() * custom.decayMult()),
                        custom.momentum(), custom.larsExclude(), custom.fixLr());
            }
        }
        boolean bias = name.endsWith(".bias");
        double rate = bias && !parameter.layer().isNorm() ? optimizer.lr() * config.biasLrMult().orElse(1) : optimizer.lr();
        return Options.of(rate, optimizer.weightDecay() * decay(parameter, bias, depthwise).orElse(1));
    }

    private OptionalDouble decay(Parameter parameter, boolean bias, boolean depthwise) {
        if (parameter.layer().isNorm() && config.normDecayMult().isPresent()) {
            return config.normDecayMult();
        }
        if (bias && config.biasDecayMult().isPresent()) {
            return config.biasDecayMult();
        }
        if (depthwise && config.dwconvDecayMult().isPresent()) {
            return config.dwconvDecayMult();
        }
        return parameter.value().rank() == 1 ? config.flatDecayMult() : OptionalDouble.empty();
    }

    /** Whether a parameter is the weight [channels, 1, height, width] of a convolution of as many groups as inputs. */
    private static boolean isDepthwiseWeight(Parameter parameter) {
        return parameter.layer().is(LayerType.CONV.name()) && parameter.value().rank() == 4 && parameter.value().size(1) == 1;
    }

    private static String module(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optim_wrapper_constructor", name = "DefaultOptimWrapperConstructor", scope = "mmengine")
    public static final class Factory implements ComponentFactory<ParamGroups, Config> {
        @Override
        public ParamGroups create(Config config) {
            return new DefaultOptimWrapperConstructor(config);
        }
    }
}
