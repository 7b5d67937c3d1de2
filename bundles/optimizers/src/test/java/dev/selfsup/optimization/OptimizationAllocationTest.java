package dev.selfsup.optimization;

import dev.selfsup.api.run.OptimWrapper.ClipGrad;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.engine.HostUpdates;
import dev.selfsup.optimizer.adam.Adam;
import dev.selfsup.optimizer.adamw.AdamW;
import dev.selfsup.optimizer.lars.LARS;
import dev.selfsup.optimizer.sgd.SGD;
import dev.selfsup.testing.Allocations;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** From the third update on the optimizer's part of a training step allocates nothing, in no thread that takes part, on the heap or outside. */
class OptimizationAllocationTest {
    /** Enough for two threads to take part. */
    private static final int[] LENGTHS = {90_000, 300, 120_000};

    @TestFactory
    Stream<DynamicTest> nothingIsAllocatedFromTheThirdUpdateOn() {
        Map<String, Optimizer> optimizers = Map.of("SGD", new SGD(new SGD.Config(0.1, 0.9, 0, 1e-4, false, Optional.empty(), 1)),
                "AdamW", new AdamW(new AdamW.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.05, false, Optional.empty(), 1)),
                "Adam", new Adam(new Adam.Config(0.1, List.of(0.9, 0.999), 1e-8, 0.05, false, Optional.empty(), 1)),
                "LARS", new LARS(new LARS.Config(0.1, 0.9, 1e-6, 0, 0.001, false, 1e-8, Optional.empty(), 1)));
        Map<String, Optional<ClipGrad>> clippings = Map.of("", Optional.empty(), " clipped by norm", Optional.of(ClipGrad.byNorm(0.01)),
                " clipped by value", Optional.of(new ClipGrad(ClipGrad.Type.VALUE, OptionalDouble.empty(), 2, false, OptionalDouble.of(0.1))));
        return optimizers.entrySet().stream().flatMap(optimizer -> clippings.entrySet().stream().flatMap(clipping -> Stream.of(1, 3).map(counts ->
                DynamicTest.dynamicTest(optimizer.getKey() + clipping.getKey() + ", " + counts + " loss calls an update",
                        () -> check(optimizer.getValue(), clipping.getValue(), counts)))));
    }

    private static void check(Optimizer optimizer, Optional<ClipGrad> clipping, int counts) {
        try (HostUpdates updates = new HostUpdates(2)) {
            Optimization optimization = new Optimization(Fixture.wrapper(optimizer, counts, clipping), buffers(), Set.of(), updates, Long.MAX_VALUE);
            ParamGroup group = optimization.groups().get(0);
            Allocations.assertNone(() -> {
                group.setRate(group.rate() * 0.9);
                for (int i = 0; i < counts; i++) {
                    optimization.step();
                }
            });
        }
    }

    private static FlatBuffers buffers() {
        float[][] values = Arrays.stream(LENGTHS).mapToObj(float[]::new).toArray(float[][]::new);
        for (float[] part : values) {
            Arrays.fill(part, 1);
        }
        FlatBuffers buffers = Fixture.buffers(new String[] {"a", "b", "c"}, values,
                Arrays.stream(LENGTHS).mapToObj(length -> new long[] {length}).toArray(long[][]::new));
        buffers.gradient().assign(0.5);
        return buffers;
    }
}
