package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A schedule of the learning rate. The schedules of a list act one after the other on the same groups, each by
 * recurrence from the rate that it finds, as the reference's do. A schedule has no state.
 */
@Kind("param_scheduler")
@ConsumerType
public interface Scheduler {
    /** When it acts, and whether it is stepped after every epoch or every iteration. */
    Span span();

    /**
     * The schedule with its times in iterations where {@code convert_to_iter_based} is set; else itself.
     *
     * @param epochLength iterations of an epoch
     * @return the schedule to use
     */
    Scheduler inIterations(int epochLength);

    /**
     * The rate of one group at a step within the span.
     *
     * @param index number of the step within the span, {@link Span#index}; 0 for the first
     * @param rate the group's rate now, as the step before and the schedules before left it
     * @param initialRate the group's rate as configured
     * @return the new rate
     */
    double rate(int index, double rate, double initialRate);
}
