package dev.selfsup.optimization;

import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.State;
import java.util.List;
import java.util.Map;

/**
 * The schedules of a run, stepped over its groups in the order in which they are listed. Step 0 of each is taken at
 * once; then those by iteration are stepped after every iteration, those by epoch after every epoch.
 */
public final class Schedules {
    private static final String ITERATIONS = "schedules/iterations";
    private static final String EPOCHS = "schedules/epochs";

    private final List<Scheduler> schedulers;
    private final List<ParamGroup> groups;
    private int iterations;
    private int epochs;

    /**
     * Takes the first step of every schedule, on groups at their configured rates.
     *
     * @param schedulers schedules as configured
     * @param groups the groups of the run
     * @param epochLength iterations of an epoch
     */
    public Schedules(List<Scheduler> schedulers, List<ParamGroup> groups, int epochLength) {
        this.schedulers = schedulers.stream().map(s -> s.inIterations(epochLength)).toList();
        this.groups = List.copyOf(groups);
        this.schedulers.forEach(s -> step(s, 0));
    }

    /** Steps the schedules by iteration. */
    public void afterIteration() {
        iterations++;
        schedulers.stream().filter(s -> !s.span().byEpoch()).forEach(s -> step(s, iterations));
    }

    /** Steps the schedules by epoch. */
    public void afterEpoch() {
        epochs++;
        schedulers.stream().filter(s -> s.span().byEpoch()).forEach(s -> step(s, epochs));
    }

    private void step(Scheduler scheduler, int step) {
        if (scheduler.span().contains(step)) {
            int index = scheduler.span().index(step);
            groups.forEach(g -> g.setRate(scheduler.rate(index, g.rate(), g.initialRate())));
        }
    }

    /** The state to save, beside that of {@link Optimization}, which has the rates of the groups. */
    public State state() {
        return State.of(Map.of(ITERATIONS, new double[] {iterations}, EPOCHS, new double[] {epochs}));
    }

    /** Continues from a saved state; the rates of the groups are restored with {@link Optimization}. */
    public void restore(State state) {
        iterations = (int) state.number(ITERATIONS, 0);
        epochs = (int) state.number(EPOCHS, 0);
    }
}
