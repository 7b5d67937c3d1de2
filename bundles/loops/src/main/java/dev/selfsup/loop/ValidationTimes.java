package dev.selfsup.loop;

import static dev.selfsup.api.component.Check.check;

import java.util.List;

/**
 * When a run validates, counted in epochs or iterations.
 *
 * @param begin first time
 * @param interval epochs or iterations between validations
 * @param dynamicIntervals other intervals from some epoch or iteration on, each {@code [first, interval]}, in order
 */
public record ValidationTimes(int begin, int interval, List<List<Integer>> dynamicIntervals) {
    public ValidationTimes {
        dynamicIntervals = List.copyOf(dynamicIntervals);
        check(interval > 0, "val_interval must be positive, not %d", interval);
        check(dynamicIntervals.stream().allMatch(pair -> pair.size() == 2 && pair.get(1) > 0),
                "dynamic_intervals must be pairs of a first epoch or iteration and a positive interval, not %s", dynamicIntervals);
        for (int i = 1; i < dynamicIntervals.size(); i++) {
            check(dynamicIntervals.get(i - 1).get(0) < dynamicIntervals.get(i).get(0), "dynamic_intervals must begin in ascending order, not %s", dynamicIntervals);
        }
    }

    /** Whether there is validation after so many epochs or iterations. */
    public boolean after(int finished) {
        int now = interval;
        for (List<Integer> pair : dynamicIntervals) {
            now = pair.get(0) <= finished + 1 ? pair.get(1) : now;
        }
        return finished >= begin && finished % now == 0;
    }
}
