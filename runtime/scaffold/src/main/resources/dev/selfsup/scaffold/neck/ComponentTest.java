package __package__;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class __Type__Test {
    private final Weights weights = new Weights(0, DataType.DOUBLE);

    @Test
    void theOutputIsTheRectifiedLinearMapOfTheMeanOverTheImage() {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable features = graph.input("features", DataType.FLOAT, 2, 3, 2, 2);
        SDVariable out = new __Type__.Factory().create(new __Type__.Config(3, 5)).build(graph.in("neck")).apply(List.of(features)).get(0);
        assertArrayEquals(new long[] {2, 5}, graph.shape(out));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("out", out)), Kernels.PLAIN);
        INDArray x = Nd4j.linspace(DataType.DOUBLE, -1, 0.1, 24).reshape(2, 3, 2, 2);
        plan.input("features").assign(x);
        plan.run();
        for (int n = 0; n < 2; n++) {
            for (int o = 0; o < 5; o++) {
                assertEquals(naive(x, n, o), plan.output("out").getDouble(n, o), 1e-9);
            }
        }
    }

    @Test
    void channelsThatAreNotPositiveAreRefused() {
        assertEquals("in_channels and out_channels must be positive, not 8 and 0",
                assertThrows(IllegalArgumentException.class, () -> new __Type__.Config(8, 0)).getMessage());
    }

    private double naive(INDArray x, int n, int o) {
        double sum = weights.array("neck.fc.bias").getDouble(o);
        for (int c = 0; c < 3; c++) {
            double mean = (x.getDouble(n, c, 0, 0) + x.getDouble(n, c, 0, 1) + x.getDouble(n, c, 1, 0) + x.getDouble(n, c, 1, 1)) / 4;
            sum += weights.array("neck.fc.weight").getDouble(o, c) * mean;
        }
        return Math.max(sum, 0);
    }
}
