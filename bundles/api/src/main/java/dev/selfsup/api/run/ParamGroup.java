package dev.selfsup.api.run;

import java.util.List;

/** Parameters that are updated with the same options. Only the learning rate changes during a run. */
public final class ParamGroup {
    private final List<String> parameters;
    private final double initialRate;
    private final double weightDecay;
    private final boolean larsExclude;
    private double rate;

    /**
     * A group at its configured rate.
     *
     * @param parameters state_dict names
     * @param rate learning rate as configured
     * @param weightDecay weight decay
     * @param larsExclude whether LARS leaves the rate of these parameters as it is
     */
    public ParamGroup(List<String> parameters, double rate, double weightDecay, boolean larsExclude) {
        this.parameters = List.copyOf(parameters);
        this.initialRate = rate;
        this.rate = rate;
        this.weightDecay = weightDecay;
        this.larsExclude = larsExclude;
    }

    /** State_dict names. */
    public List<String> parameters() {
        return parameters;
    }

    /** Learning rate as configured. */
    public double initialRate() {
        return initialRate;
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
        return weightDecay;
    }

    /** Whether LARS leaves the rate of these parameters as it is. */
    public boolean larsExclude() {
        return larsExclude;
    }
}
