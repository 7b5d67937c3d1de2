package dev.selfsup.optimizer.adamw;

import dev.selfsup.api.component.Check;
import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.engine.Updates;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/** AdamW (Decoupled Weight Decay Regularization, Loshchilov and Hutter, ICLR 2019), as PyTorch computes it. */
public final class AdamW implements Optimizer {
    private final Config config;
    private final Map<ParamGroup, Updates.AdamStep> steps = new IdentityHashMap<>();

    /**
     * The keys in a config.
     *
     * @param lr learning rate
     * @param betas decay of the mean and of the mean square of the gradient, each at least 0 and below 1
     * @param eps added to the root of the mean square
     * @param weightDecay part of the weight, times the rate, that is taken off before the step
     * @param amsgrad divide by the largest mean square there was (Reddi, Kale and Kumar, ICLR 2018), which is kept as a further state
     * @param modelType how the backbone's layers are called, for LearningRateDecayOptimWrapperConstructor: vit, swin or mixmim
     * @param layerDecayRate rate of a layer in that of the next one, for the same
     */
    public record Config(
            @Default("0.001") double lr,
            @Default("[0.9, 0.999]") List<Double> betas,
            @Default("1.0e-8") double eps,
            @Default("0.01") double weightDecay,
            @Default("false") boolean amsgrad,
            Optional<String> modelType,
            @Default("1.0") double layerDecayRate) {
        /** Checks the values. */
        public Config {
            betas = List.copyOf(betas);
            Check.check(lr >= 0, "lr must not be negative: %s", lr);
            Check.check(betas.size() == 2 && betas.stream().allMatch(b -> b >= 0 && b < 1),
                    "betas must be two numbers, at least 0 and below 1, not %s", betas);
            Check.check(eps >= 0, "eps must not be negative: %s", eps);
            Check.check(weightDecay >= 0, "weight_decay must not be negative: %s", weightDecay);
            LayerDecay.of(modelType, layerDecayRate);
        }
    }

    /** The optimizer of a config. */
    public AdamW(Config config) {
        this.config = config;
    }

    @Override
    public double lr() {
        return config.lr();
    }

    @Override
    public double weightDecay() {
        return config.weightDecay();
    }

    @Override
    public Optional<LayerDecay> layerDecay() {
        return LayerDecay.of(config.modelType(), config.layerDecayRate());
    }

    @Override
    public List<String> stateNames() {
        return config.amsgrad() ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq") : List.of("exp_avg", "exp_avg_sq");
    }

    @Override
    public boolean elementwise() {
        return true;
    }

    @Override
    public void update(Slice slice, ParamGroup group, long step, Updates updates) {
        List<INDArray> state = slice.state();
        if (config.amsgrad()) {
            updates.amsgrad(slice.value(), slice.gradient(), state.get(0), state.get(1), state.get(2), step(group, step + 1));
        } else {
            updates.adam(slice.value(), slice.gradient(), state.get(0), state.get(1), options(group), group.rate(), step + 1);
        }
    }

    /** What stays the same for a group. */
    private Updates.AdamStep options(ParamGroup group) {
        Updates.AdamStep options = steps.get(group);
        if (options == null) {
            options = step(group, 1);
            steps.put(group, options);
        }
        return options;
    }

    private Updates.AdamStep step(ParamGroup group, long number) {
        return new Updates.AdamStep(group.rate(), config.betas().get(0), config.betas().get(1), config.eps(), group.weightDecay(), true, number);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optimizer", name = "AdamW", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Optimizer, Config> {
        @Override
        public Optimizer create(Config config) {
            return new AdamW(config);
        }
    }
}
