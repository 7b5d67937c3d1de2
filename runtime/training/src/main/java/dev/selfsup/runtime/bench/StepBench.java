package dev.selfsup.runtime.bench;

import static dev.selfsup.runtime.bench.Measured.figure;

import dev.selfsup.runtime.train.RepeatedStep;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Measures a training step in this process, which should do nothing else. */
final class StepBench {
    /** Steps before anything is measured: the JIT compiler and the memory of the system settle. */
    private static final int WARM_UP = 5;
    private static final int STEPS = 11;
    private static final int PROFILED = 5;

    private final RepeatedStep step;
    private final PrintStream out;

    StepBench(RepeatedStep step, PrintStream out) {
        this.step = step;
        this.out = out;
    }

    /** Measures and prints; ends with the line {@code step: MS ms, IPS images/s, peak MB MB}. */
    void run(String title, boolean profile) {
        for (int i = 0; i < WARM_UP; i++) {
            step.run();
        }
        long[] threads = Measured.threads();
        Measured.heap(threads);
        long heap = Measured.heap(threads);
        long outside = Measured.nativeBytes();
        step.run();
        heap = Measured.heap(threads) - heap;
        outside = Measured.nativeBytes() - outside;
        double[] millis = millis(step, STEPS);
        out.println(title + ": batch of " + step.shape()[0] + " " + Arrays.stream(step.shape()).skip(1).mapToObj(Long::toString)
                .collect(Collectors.joining("x")) + ", " + figure(step.weights() / 1e6, 1) + " M weights, " + step.kernels().size() + " kernels, loss "
                + figure(step.loss(), 4));
        if (profile) {
            profile();
        }
        out.println("median of " + STEPS + " steps, from " + figure(Arrays.stream(millis).min().orElseThrow(), 1) + " to "
                + figure(Arrays.stream(millis).max().orElseThrow(), 1) + " ms; a step allocates " + heap + " bytes of heap, " + outside + " of native memory");
        double median = Measured.median(millis);
        out.println("step: " + figure(median, 1) + " ms, " + figure(step.shape()[0] * 1e3 / median, 1) + " images/s, peak " + Measured.peak() + " MB");
    }

    /** Times of some steps in milliseconds. */
    static double[] millis(RepeatedStep step, int steps) {
        double[] millis = new double[steps];
        for (int i = 0; i < steps; i++) {
            long start = System.nanoTime();
            step.run();
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        return millis;
    }

    private void profile() {
        Map<String, Long> nanos = new LinkedHashMap<>();
        for (int i = 0; i < PROFILED; i++) {
            step.profile().forEach((name, time) -> nanos.merge(name, time, Long::sum));
        }
        Map<String, Long> calls = step.kernels().stream().collect(Collectors.groupingBy(k -> k, Collectors.counting()));
        double total = nanos.values().stream().mapToLong(Long::longValue).sum();
        Table table = new Table();
        table.row("kernel", "calls", "ms", "share");
        List<Map.Entry<String, Long>> order = nanos.entrySet().stream().sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())).toList();
        for (Map.Entry<String, Long> kernel : order) {
            table.row(kernel.getKey(), Long.toString(calls.getOrDefault(kernel.getKey(), 1L)), figure(kernel.getValue() / 1e6 / PROFILED, 2),
                    Measured.percent(kernel.getValue() / total));
        }
        table.row("all", Integer.toString(step.kernels().size() + 1), figure(total / 1e6 / PROFILED, 2), Measured.percent(1));
        table.print(out);
    }
}
