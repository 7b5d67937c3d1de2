package dev.selfsup.runtime.parity;

import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/** The tally of a comparison: how many values were compared, and which one is worst. */
final class Comparison {
    private long values;
    private int tensors;
    private double severity;
    private String worst = "";

    /** Expected numbers against computed ones: element i of the first and element i * stride of the second, within limit(i). */
    void numbers(String name, double[] expected, double[] got, int stride, IntToDoubleFunction limit) {
        int at = -1;
        double most = 1;
        for (int i = 0; i < expected.length; i++) {
            double times = times(expected[i], got[i * stride], limit.applyAsDouble(i));
            if (times > most) {
                most = times;
                at = i;
            }
        }
        values += expected.length;
        if (at >= 0) {
            String element = got.length == 1 ? name : name + "[" + at * stride + "]";
            offend(most, String.format(Locale.ROOT, "%s: got %s, expected %s, limit %.3g", element, text(got[at * stride]),
                    text(expected[at]), limit.applyAsDouble(at)));
        }
    }

    /** How many times its limit a difference is; at most 1 where it is allowed. */
    private static double times(double expected, double got, double limit) {
        if (Double.compare(expected, got) == 0) {
            return 0;
        }
        double difference = Math.abs(expected - got);
        if (difference <= limit) {
            return difference / Math.max(limit, Double.MIN_NORMAL);
        }
        double times = difference / limit;
        return Double.isNaN(times) ? Double.POSITIVE_INFINITY : Math.max(times, Math.nextUp(1.0));
    }

    private static String text(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? Long.toString((long) value) : String.format(Locale.ROOT, "%.9g", value);
    }

    /** Values that were compared elsewhere and are as they should be. */
    void agree(long count) {
        values += count;
    }

    /** Something that no number measures: a value that is missing, a wrong shape. */
    void offend(String what) {
        offend(Double.MAX_VALUE, what);
    }

    private void offend(double times, String what) {
        tensors++;
        if (times > severity) {
            severity = times;
            worst = what;
        }
    }

    /**
     * What became of the case.
     *
     * @param remark what a case that passes should say besides; empty for nothing
     */
    Outcome outcome(String remark) {
        if (tensors > 0) {
            return Outcome.failed(worst + (tensors > 1 ? " (and " + (tensors - 1) + " more)" : ""), values);
        }
        return values == 0 ? Outcome.failed("the case expects nothing", 0) : Outcome.passed(remark, values);
    }
}
