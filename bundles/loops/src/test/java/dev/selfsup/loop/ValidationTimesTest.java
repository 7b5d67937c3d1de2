package dev.selfsup.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Epochs after which there is validation. */
class ValidationTimesTest {
    @Test
    void thereIsValidationAtEveryIntervalFromTheFirstTimeOn() {
        assertEquals(List.of(4, 6, 8, 10), times(3, 2, List.of()));
    }

    /** As in MMEngine the other interval holds from the end of the epoch before it on. */
    @Test
    void theIntervalChangesWithinTheRun() {
        assertEquals(List.of(4, 7, 8, 9, 10), times(1, 4, List.of(List.of(8, 1))));
    }

    @Test
    void wrongTimesAreRefused() {
        assertEquals("val_interval must be positive, not 0", mistake(0, List.of()));
        assertEquals("dynamic_intervals must be pairs of a first epoch or iteration and a positive interval, not [[3]]", mistake(1, List.of(List.of(3))));
        assertEquals("dynamic_intervals must begin in ascending order, not [[3, 1], [2, 1]]", mistake(1, List.of(List.of(3, 1), List.of(2, 1))));
    }

    private static List<Integer> times(int begin, int interval, List<List<Integer>> others) {
        ValidationTimes times = new ValidationTimes(begin, interval, others);
        return IntStream.rangeClosed(1, 10).filter(times::after).boxed().toList();
    }

    private static String mistake(int interval, List<List<Integer>> others) {
        return assertThrows(IllegalArgumentException.class, () -> new ValidationTimes(1, interval, others)).getMessage();
    }
}
