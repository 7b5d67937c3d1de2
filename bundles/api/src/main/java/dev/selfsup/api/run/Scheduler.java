package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A schedule of the learning rate. The schedules of a list act one after the other on the same groups, each by
 * recurrence from the rate that it finds, as the reference's do.
 */
@Kind("param_scheduler")
@ConsumerType
public interface Scheduler {
    /** Whether the schedule is stepped after every epoch rather than after every iteration. */
    boolean byEpoch();

    /**
     * The schedule with its times in iterations, for {@code convert_to_iter_based}; itself where that is not set.
     *
     * @param epochLength iterations of an epoch
     * @return the schedule to use
     */
    Scheduler inIterations(int epochLength);

    /**
     * The rate of one group at a step.
     *
     * @param step number of the step, from 0; step 0 is taken when the run is made
     * @param rate the group's rate now, as the schedules before left it
     * @param initialRate the group's rate as configured
     * @return the new rate
     */
    double rate(int step, double rate, double initialRate);
}
