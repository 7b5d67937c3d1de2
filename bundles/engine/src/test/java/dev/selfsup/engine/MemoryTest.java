package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.Relu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class MemoryTest {
    private static final int STEPS = 300;
    private static final int WARM_UP = 60;

    @Test
    void memoryStaysFlatWithOneDnnKernels() throws IOException {
        checkSteps(Kernels.fastest());
    }

    @Test
    void memoryStaysFlatWithPlainKernels() throws IOException {
        checkSteps(Kernels.PLAIN);
    }

    private static void checkSteps(Kernels kernels) throws IOException {
        Weights weights = new Weights(0);
        Plan plan = plan(weights, kernels);
        plan.input("x").assign(Nd4j.rand(DataType.FLOAT, 4, 3, 12, 12));
        plan.input("target").assign(0.1);
        long resident = 0;
        long bytes = 0;
        for (int step = 0; step < STEPS; step++) {
            if (step == WARM_UP) {
                resident = residentKilobytes();
                bytes = Pointer.totalBytes();
            }
            plan.run();
        }
        long growth = residentKilobytes() - resident;
        long limit = bytes;
        assertTrue(Pointer.totalBytes() <= limit, () -> "native memory grew from " + limit + " to " + Pointer.totalBytes() + " bytes");
        assertTrue(growth < 20 * 1024, () -> "grew by " + growth + " kB");
    }

    private static Plan plan(Weights weights, Kernels kernels) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable x = graph.input("x", DataType.FLOAT, 4, 3, 12, 12);
        for (int i = 0; i < 3; i++) {
            Graph place = graph.in("conv" + i);
            long channels = graph.shape(x)[1];
            SDVariable weight = place.weight("weight", LayerType.CONV, Fill.uniform(0.2), 8, channels, 3, 3);
            x = graph.apply(new Convolution(1, 1, 1, 1, 1, 1, 1), x, weight);
            x = graph.apply(new Relu(), graph.applyAll(new BatchNorm(1e-5), x).get(0));
        }
        x = graph.apply(new GlobalAveragePool(), graph.apply(new MaxPool(3, 2, 1, false), x));
        SDVariable logits = graph.apply(new Linear(), x, graph.in("fc").weight("weight", LayerType.LINEAR, Fill.uniform(0.2), 10, 8));
        SDVariable target = graph.input("target", DataType.FLOAT, 4, 10);
        SDVariable loss = graph.apply(new LogSoftmax(), logits).mul(target).sum().neg();
        return Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of()), kernels);
    }

    /** After a full collection, which gives the pages of the heap's garbage back. */
    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("VmRSS"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
