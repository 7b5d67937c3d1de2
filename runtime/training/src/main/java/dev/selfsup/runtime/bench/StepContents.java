package dev.selfsup.runtime.bench;

import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.train.RepeatedStep;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a training step consists of and allocates, in numbers that grow where it gets slower; no times. */
final class StepContents {
    private static final int WARM_UP = 2;
    private static final int SERIES = 3;
    private static final int STEPS = 2;

    private final RepeatedStep step;
    private final PrintStream out;

    StepContents(RepeatedStep step, PrintStream out) {
        this.step = step;
        this.out = out;
    }

    /** Makes some steps and prints; ends with {@code step: K kernels, R reorders, C copies, F fallbacks, H bytes of heap, N of native memory}. */
    void run(String title) {
        for (int i = 0; i < WARM_UP; i++) {
            step.run();
        }
        long[] threads = Measured.threads();
        Measured.heap(threads);
        long outside = Measured.nativeBytes();
        long heap = Long.MAX_VALUE;
        for (int series = 0; series < SERIES && heap > 0; series++) {      // the best series: code that the JIT compiler gives up may make objects once
            heap = Math.min(heap, series(threads));
        }
        outside = Measured.nativeBytes() - outside;
        Plan.Counts counts = step.counts();
        out.println(title + ": batch of " + step.shape()[0] + ", loss " + Measured.figure(step.loss(), 4));
        out.println("computed by ND4J: " + named(counts.natives()));
        out.println("without a fast kernel: " + named(counts.fallbacks()));
        out.println("step: " + counts.kernels() + " kernels, " + counts.reorders() + " reorders, " + counts.copies() + " copies, " + counts.fallbacks().size()
                + " fallbacks, " + heap + " bytes of heap, " + outside + " of native memory");
    }

    private long series(long[] threads) {
        long before = Measured.heap(threads);
        for (int i = 0; i < STEPS; i++) {
            step.run();
        }
        return Measured.heap(threads) - before;
    }

    private static String named(List<String> operations) {
        Map<String, Long> counted = operations.stream().collect(Collectors.groupingBy(o -> o, TreeMap::new, Collectors.counting()));
        return counted.isEmpty() ? "nothing" : counted.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }
}
