package dev.selfsup.engine;

import dev.selfsup.engine.Updates.AdamStep;
import dev.selfsup.engine.Updates.SgdStep;
import dev.selfsup.engine.onednn.OneDnnKernels;
import dev.selfsup.testing.Allocations;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** From the third run on neither plans nor updates allocate anything, on the heap or outside, whatever operations they have. */
class AllocationTest {
    @TestFactory
    Stream<DynamicTest> plainKernelsAllocateNothing() {
        return OperationCases.all().keySet().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> Allocations.assertNone(OperationNumbersTest.plan(name, Kernels.PLAIN)::run)));
    }

    @TestFactory
    Stream<DynamicTest> oneDnnKernelsAllocateNothing() {
        Kernels kernels = new OneDnnKernels();
        return OperationCases.all().keySet().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> Allocations.assertNone(OperationNumbersTest.plan(name, kernels)::run)));
    }

    @Test
    void updatesAllocateNothingInAnyThread() {
        INDArray flat = Nd4j.rand(1, 400_003).reshape(400_003);
        INDArray[] parts = new INDArray[4];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Views.at(flat, 3 + i * 100_000L, 100, 1_000);
        }
        SgdStep sgd = new SgdStep(0.1, 0.9, 0, 1e-4, true, 1);
        AdamStep adam = new AdamStep(1e-3, 0.9, 0.95, 1e-8, 0.05, true, 1);
        try (HostUpdates updates = new HostUpdates(2)) {
            Allocations.assertNone(() -> {
                updates.sgd(parts[0], parts[1], parts[2], sgd, 0.2, 0.5, false);
                updates.adam(parts[0], parts[1], parts[2], parts[3], adam, 1e-4, 7);
                updates.lerp(parts[0], parts[1], 0.1);
                updates.add(parts[0], parts[1], 0.1);
                updates.scale(parts[0], 0.5);
                updates.clamp(parts[0], 0.5);
                updates.fill(parts[1], 0.5);
                updates.norm(parts[0]);
                updates.norm(parts[0], Double.POSITIVE_INFINITY);
            });
        }
    }
}
