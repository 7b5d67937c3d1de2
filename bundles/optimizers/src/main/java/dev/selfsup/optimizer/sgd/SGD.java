package dev.selfsup.optimizer.sgd;

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
import org.osgi.service.component.annotations.Component;

/** Stochastic gradient descent with momentum, as PyTorch computes it. */
public final class SGD implements Optimizer {
    private final Config config;
    private final Map<ParamGroup, Updates.SgdStep> steps = new IdentityHashMap<>();

    /**
     * The keys in a config.
     *
     * @param lr learning rate
     * @param momentum factor on the momentum buffer; 0 for none
     * @param dampening what is left out of the gradient on its way into the momentum buffer
     * @param weightDecay weight decay
     * @param nesterov whether the step looks ahead along the momentum
     * @param modelType how the backbone's layers are called, for LearningRateDecayOptimWrapperConstructor: vit, swin or mixmim
     * @param layerDecayRate rate of a layer in that of the next one, for the same
     */
    public record Config(
            double lr,
            @Default("0.0") double momentum,
            @Default("0.0") double dampening,
            @Default("0.0") double weightDecay,
            @Default("false") boolean nesterov,
            Optional<String> modelType,
            @Default("1.0") double layerDecayRate) {
        /** Checks the values. */
        public Config {
            Check.check(lr >= 0, "lr must not be negative: %s", lr);
            Check.check(momentum >= 0, "momentum must not be negative: %s", momentum);
            Check.check(weightDecay >= 0, "weight_decay must not be negative: %s", weightDecay);
            Check.check(!nesterov || momentum > 0 && dampening == 0,
                    "nesterov needs a momentum above 0 and no dampening: momentum %s, dampening %s", momentum, dampening);
            LayerDecay.of(modelType, layerDecayRate);
        }
    }

    /** The optimizer of a config. */
    public SGD(Config config) {
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
        return List.of("momentum_buffer");
    }

    @Override
    public boolean elementwise() {
        return true;
    }

    @Override
    public void update(Slice slice, ParamGroup group, long step, Updates updates) {
        updates.sgd(slice.value(), slice.gradient(), slice.state().get(0), options(group), group.rate(), 1, step == 0);
    }

    /** What stays the same for a group. */
    private Updates.SgdStep options(ParamGroup group) {
        Updates.SgdStep options = steps.get(group);
        if (options == null) {
            options = new Updates.SgdStep(group.rate(), group.momentumOr(config.momentum()), config.dampening(), group.weightDecay(), config.nesterov(), 1);
            steps.put(group, options);
        }
        return options;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optimizer", name = "SGD", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Optimizer, Config> {
        @Override
        public Optimizer create(Config config) {
            return new SGD(config);
        }
    }
}
