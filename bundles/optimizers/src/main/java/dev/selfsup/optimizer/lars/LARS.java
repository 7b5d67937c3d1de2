package dev.selfsup.optimizer.lars;

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

/**
 * LARS: gradient descent whose rate is scaled, weight by weight, to the ratio of the norms of weight and gradient
 * (Large Batch Training of Convolutional Networks, You, Gitman and Ginsburg 2017, algorithm 1). Weights of a group
 * with {@code lars_exclude}, and those whose norm or gradient's norm is 0, keep the group's rate.
 */
public final class LARS implements Optimizer {
    private final Config config;
    private final Map<ParamGroup, Updates.SgdStep> steps = new IdentityHashMap<>();

    /**
     * The keys in a config.
     *
     * @param lr learning rate
     * @param momentum factor on the momentum buffer; 0 for none
     * @param weightDecay weight decay
     * @param dampening what is left out of the gradient on its way into the momentum buffer
     * @param eta ratio of a step to its weight at rate 1
     * @param nesterov whether the step looks ahead along the momentum
     * @param eps added to the gradient's norm
     * @param modelType how the backbone's layers are called, for LearningRateDecayOptimWrapperConstructor: vit, swin or mixmim
     * @param layerDecayRate rate of a layer in that of the next one, for the same
     */
    public record Config(
            double lr,
            @Default("0.0") double momentum,
            @Default("0.0") double weightDecay,
            @Default("0.0") double dampening,
            @Default("0.001") double eta,
            @Default("false") boolean nesterov,
            @Default("1.0e-8") double eps,
            Optional<String> modelType,
            @Default("1.0") double layerDecayRate) {
        /** Checks the values. */
        public Config {
            Check.check(lr >= 0, "lr must not be negative: %s", lr);
            Check.check(momentum >= 0, "momentum must not be negative: %s", momentum);
            Check.check(weightDecay >= 0, "weight_decay must not be negative: %s", weightDecay);
            Check.check(eta >= 0, "eta must not be negative: %s", eta);
            Check.check(!nesterov || momentum > 0 && dampening == 0,
                    "nesterov needs a momentum above 0 and no dampening: momentum %s, dampening %s", momentum, dampening);
            LayerDecay.of(modelType, layerDecayRate);
        }
    }

    /** The optimizer of a config. */
    public LARS(Config config) {
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
        return false;
    }

    @Override
    public void update(Slice slice, ParamGroup group, long step, Updates updates) {
        double local = group.options().larsExclude() ? 1 : localRate(slice, group.weightDecay(), updates);
        // The rate is part of what enters the momentum buffer.
        updates.sgd(slice.value(), slice.gradient(), slice.state().get(0), options(group), 1, local * group.rate(), step == 0);
    }

    /** What stays the same for a group. */
    private Updates.SgdStep options(ParamGroup group) {
        Updates.SgdStep options = steps.get(group);
        if (options == null) {
            options = new Updates.SgdStep(1, group.momentumOr(config.momentum()), config.dampening(), group.weightDecay(), config.nesterov(), group.rate());
            steps.put(group, options);
        }
        return options;
    }

    private double localRate(Slice slice, double decay, Updates updates) {
        double weight = (float) updates.norm(slice.value());
        double gradient = (float) updates.norm(slice.gradient());
        return weight == 0 || gradient == 0 ? 1 : config.eta() * weight / (gradient + decay * weight + config.eps());
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "optimizer", name = "LARS")
    public static final class Factory implements ComponentFactory<Optimizer, Config> {
        @Override
        public Optimizer create(Config config) {
            return new LARS(config);
        }
    }
}
