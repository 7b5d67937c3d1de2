package dev.selfsup.api.run;

import java.util.List;
import java.util.OptionalDouble;

/** Parameters that are updated with the same options. Only the learning rate changes during a run. */
public final class ParamGroup {
    private final List<String> parameters;
    private final Options options;
    private double rate;

    /**
     * What the parameters of a group have in common.
     *
     * @param rate learning rate as configured
     * @param weightDecay weight decay
     * @param momentum momentum in place of the optimizer's
     * @param larsExclude whether LARS leaves the rate of these parameters as it is
     * @param fixedRate whether the method keeps the rate of these parameters at its configured value, {@code fix_lr}
     */
    public record Options(double rate, double weightDecay, OptionalDouble momentum, boolean larsExclude, boolean fixedRate) {
        /** A rate and a weight decay, nothing else. */
        public static Options of(double rate, double weightDecay) {
            return new Options(rate, weightDecay, OptionalDouble.empty(), false, false);
        }
    }

    /**
     * A group at its configured rate.
     *
     * @param parameters state_dict names
     * @param options what they have in common
     */
    public ParamGroup(List<String> parameters, Options options) {
        this.parameters = List.copyOf(parameters);
        this.options = options;
        this.rate = options.rate();
    }

    /** State_dict names. */
    public List<String> parameters() {
        return parameters;
    }

    /** What the parameters have in common. */
    public Options options() {
        return options;
    }

    /** Learning rate as configured. */
    public double initialRate() {
        return options.rate();
    }

    /** Learning rate now. */
    public double rate() {
        return rate;
    }

    /** Sets the learning rate. */
    public void setRate(double value) {
        rate = value;
    }

    /** Weight decay. */
    public double weightDecay() {
        return options.weightDecay();
    }

    /** Momentum: the group's own, else the optimizer's. */
    public double momentumOr(double optimizers) {
        return options.momentum().orElse(optimizers);
    }
}
