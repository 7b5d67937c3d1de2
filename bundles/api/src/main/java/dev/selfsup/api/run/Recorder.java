package dev.selfsup.api.run;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** The figures of a run as they come, by name, with as much of their past as averages need. */
public final class Recorder {
    /** Values kept of each figure. */
    private static final int KEPT = 10_000;

    private final Map<String, Deque<Double>> series = new LinkedHashMap<>();
    private final Map<String, double[]> totals = new LinkedHashMap<>();

    /** Adds a value. */
    public void put(String name, double value) {
        Deque<Double> values = series.computeIfAbsent(name, n -> new ArrayDeque<>());
        values.addLast(value);
        if (values.size() > KEPT) {
            values.removeFirst();
        }
        double[] total = totals.computeIfAbsent(name, n -> new double[2]);
        total[0] += value;
        total[1]++;
    }

    /** The newest value; NaN where there is none. */
    public double latest(String name) {
        Deque<Double> values = series.get(name);
        return values == null ? Double.NaN : values.getLast();
    }

    /** The newest values, oldest first, at most {@code window} and at most the 10,000 that are kept. */
    public double[] newest(String name, int window) {
        Deque<Double> values = series.getOrDefault(name, new ArrayDeque<>());
        return values.stream().skip(Math.max(0, values.size() - window)).mapToDouble(Double::doubleValue).toArray();
    }

    /** The mean of all values of the run; NaN where there is none. */
    public double mean(String name) {
        double[] total = totals.get(name);
        return total == null ? Double.NaN : total[0] / total[1];
    }

    /** Names of the figures, in the order in which they came first. */
    public Iterable<String> names() {
        return Collections.unmodifiableSet(series.keySet());
    }
}
