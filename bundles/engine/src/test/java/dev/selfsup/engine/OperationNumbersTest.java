package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.onednn.OneDnnKernels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Values and gradients of every operation and of every allowed native operation are PyTorch's. */
class OperationNumbersTest {
    /** Relative to the largest absolute value of the array. */
    private static final double TOLERANCE = 1e-5;

    private static final Map<String, RecordedCases.Case> RECORDED = RecordedCases.read();
    private static final Map<String, OperationCases.Body> CASES = OperationCases.all();

    @Test
    void everyRecordedCaseIsReplayed() {
        assertEquals(RECORDED.keySet(), CASES.keySet());
    }

    @Test
    void everyAllowedOperationOccursInACase() {
        Set<String> occurring = new TreeSet<>();
        CASES.keySet().forEach(name -> occurring.addAll(nativeOperations(name)));
        assertEquals(new TreeSet<>(NativeOps.ALLOWED), occurring);
    }

    private static List<String> nativeOperations(String name) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        plan(graph, name, RECORDED.get(name), Kernels.PLAIN);
        return graph.shared().sd.getOps().values().stream().map(SameDiffOp::getOp).filter(op -> !(op instanceof GraphOp))
                .map(DifferentialFunction::opName).toList();
    }

    @TestFactory
    Stream<DynamicTest> plainKernelsGiveRecordedNumbers() {
        return CASES.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> replay(name, Kernels.PLAIN)));
    }

    @TestFactory
    Stream<DynamicTest> oneDnnKernelsGiveRecordedNumbers() {
        Kernels kernels = new OneDnnKernels();
        return CASES.keySet().stream().map(name -> DynamicTest.dynamicTest(name, () -> replay(name, kernels)));
    }

    private static void replay(String name, Kernels kernels) {
        RecordedCases.Case recorded = RECORDED.get(name);
        Plan plan = plan(name, kernels);
        for (int run = 0; run < 2; run++) {
            plan.run();
        }
        recorded.out().forEach((i, expected) -> compare(name + ": out" + i, expected, plan.output("out" + i), TOLERANCE));
        recorded.grad().forEach((i, expected) -> compare(name + ": grad_input/in" + i, expected, plan.output("grad_input/in" + i), TOLERANCE));
        Set<String> gradients = new TreeSet<>(plan.outputs().keySet());
        gradients.removeIf(o -> !o.startsWith("grad_input/"));
        assertEquals(recorded.grad().size(), gradients.size(), () -> "gradients " + gradients);
    }

    /** The plan of a case with its gradients, inputs filled. */
    static Plan plan(String name, Kernels kernels) {
        RecordedCases.Case recorded = RECORDED.get(name);
        Plan plan = plan(new Graph(new Weights(0), true, Collectives.SINGLE), name, recorded, kernels);
        recorded.in().forEach((i, array) -> {
            if (plan.inputs().contains("in" + i)) {
                plan.input("in" + i).assign(array);
            }
        });
        if (recorded.weight() != null) {
            plan.input("weight").assign(recorded.weight());
        }
        return plan;
    }

    private static Plan plan(Graph graph, String name, RecordedCases.Case recorded, Kernels kernels) {
        SDVariable[] in = recorded.in().entrySet().stream()
                .map(e -> graph.input("in" + e.getKey(), e.getValue().dataType(), e.getValue().shape())).toArray(SDVariable[]::new);
        List<SDVariable> out = CASES.get(name).apply(graph, in);
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        recorded.out().keySet().forEach(i -> outputs.put("out" + i, out.get(i)));
        if (recorded.weight() == null) {
            return Plan.of(graph, Plan.Wanted.values(outputs), kernels);
        }
        SDVariable weight = graph.input("weight", recorded.weight().dataType(), recorded.weight().shape());
        outputs.put("loss", out.get(0).mul(weight).sum());
        return Plan.of(graph, new Plan.Wanted(outputs, "loss", recorded.grad().keySet().stream().map(i -> "in" + i).toList()), kernels);
    }

    static void compare(String name, INDArray expected, INDArray actual, double tolerance) {
        assertArrayEquals(expected.shape(), actual.shape(), () -> "shape of " + name);
        double[] wanted = expected.data().asDouble();
        double[] found = actual.dup('c').data().asDouble();
        double largest = 0;
        double error = 0;
        for (int i = 0; i < wanted.length; i++) {
            largest = Math.max(largest, Math.abs(wanted[i]));
            double difference = Math.abs(wanted[i] - found[i]);
            error = difference <= error ? error : difference;
        }
        double limit = tolerance * largest;
        double worst = error;
        assertTrue(error <= limit, () -> name + ": error " + worst + ", allowed " + limit);
    }
}
