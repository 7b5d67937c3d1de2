package dev.selfsup.api.run;

import dev.selfsup.api.component.Check;

/**
 * When a {@link Scheduler} acts: at the steps from {@code begin} up to, not including, {@code end}.
 *
 * @param begin first step, 0 by default
 * @param end step after the last one; {@link #FOREVER} by default
 * @param byEpoch whether a step is an epoch rather than an iteration
 * @param convertToIterBased whether times are given in epochs and the schedule is stepped every iteration
 * @param lastStep index of the step before the first one; -1 by default
 */
public record Span(int begin, int end, boolean byEpoch, boolean convertToIterBased, int lastStep) {
    /** End of a schedule that has none. */
    public static final int FOREVER = 1_000_000_000;

    /** Checks the span; throws {@link IllegalArgumentException} with rule and value. */
    public Span {
        Check.check(begin >= 0, "begin must not be negative: %d", begin);
        Check.check(end > begin, "end must be larger than begin: begin %d, end %d", begin, end);
        Check.check(byEpoch || !convertToIterBased, "convert_to_iter_based needs by_epoch: true");
        Check.check(lastStep >= -1, "last_step must be at least -1, not %d", lastStep);
    }

    /** Number of steps. */
    public int length() {
        return end - begin;
    }

    /** Whether the schedule acts at a step of the run. */
    public boolean contains(int step) {
        return begin <= step && step < end;
    }

    /** The schedule's own index of a step of the run: 0 at {@code begin} unless {@code lastStep} says otherwise. */
    public int index(int step) {
        return step - begin + lastStep + 1;
    }

    /** The same times in iterations of epochs of some length; an open end stays open. */
    public Span inIterations(int epochLength) {
        int convertedEnd = end == FOREVER ? FOREVER : Math.multiplyExact(end, epochLength);
        return new Span(Math.multiplyExact(begin, epochLength), convertedEnd, false, false, lastStep);
    }
}
