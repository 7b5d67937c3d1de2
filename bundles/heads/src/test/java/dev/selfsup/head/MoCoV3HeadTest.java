package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.head.mocov3head.MoCoV3Head;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The head with a predictor that multiplies by a weight of 3. */
class MoCoV3HeadTest {
    private static final double TEMPERATURE = 0.5;
    private static final double[][] QUERIES = {{1, 2}, {3, -4}};
    private static final double[][] KEYS = {{2, 1}, {-1, 5}};
    private static final double[][] OTHERS = {{4, 3}, {0, -2}};

    /** The second of two processes; the keys of the first are {@link #OTHERS}. */
    private static final class Second implements Collectives {
        @Override
        public int rank() {
            return 1;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public void allReduce(INDArray array) {
            throw new IllegalStateException("the head sums nothing over processes");
        }

        @Override
        public void allGather(INDArray own, List<INDArray> parts) {
            parts.get(0).assign(normalized(OTHERS));
            parts.get(1).assign(own);
        }
    }

    private static MoCoV3Head.Config config(double temperature) {
        return new MoCoV3Head.Config(
                place -> in -> List.of(in.get(0).mul(place.weight("scale", LayerType.NONE, Fill.constant(3), 1))),
                place -> in -> {
                    int classes = (int) place.shape(in.get(0))[1];
                    SDVariable right = place.apply(new OneHot(classes), in.get(1));
                    return List.of(place.apply(new LogSoftmax(), in.get(0)).mul(right).sum(1).mean().neg());
                }, temperature);
    }

    private static Plan plan(Collectives collectives, double[][] queries) {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, collectives);
        SDVariable q = graph.input("q", DataType.FLOAT, 2, 2);
        SDVariable k = graph.input("k", DataType.FLOAT, 2, 2);
        SDVariable loss = new MoCoV3Head.Factory().create(config(TEMPERATURE)).build(graph.in("head")).loss(q, k);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of("q", "k")), Kernels.PLAIN);
        plan.input("q").assign(Nd4j.create(queries));
        plan.input("k").assign(Nd4j.create(KEYS));
        plan.run();
        return plan;
    }

    @Test
    void aQueryFindsTheKeyOfItsOwnImageAmongThoseOfTheBatch() {
        assertEquals(naive(QUERIES, KEYS, 0), plan(Collectives.SINGLE, QUERIES).output("loss").getDouble(0), 1e-12);
    }

    @Test
    void theKeysOfOtherProcessesAreNegatives() {
        double[][] all = {OTHERS[0], OTHERS[1], KEYS[0], KEYS[1]};
        assertEquals(naive(QUERIES, all, 2), plan(new Second(), QUERIES).output("loss").getDouble(0), 1e-12);
    }

    @Test
    void theGradientByQueriesIsThatOfFiniteDifferencesAndKeysGetNone() {
        Plan plan = plan(Collectives.SINGLE, QUERIES);
        double step = 1e-6;
        double above = naive(new double[][] {{1 + step, 2}, {3, -4}}, KEYS, 0);
        double below = naive(new double[][] {{1 - step, 2}, {3, -4}}, KEYS, 0);
        assertEquals((above - below) / (2 * step), plan.output("grad_input/q").getDouble(0, 0), 1e-8);
        assertFalse(plan.outputs().containsKey("grad_input/k"));
    }

    @Test
    void theTemperatureMustBePositive() {
        assertEquals("temperature must be positive, not 0.0", assertThrows(IllegalArgumentException.class, () -> config(0)).getMessage());
    }

    /** The predictor's factor has no effect: predictions have length 1. */
    private static double naive(double[][] queries, double[][] keys, int first) {
        double loss = 0;
        for (int i = 0; i < queries.length; i++) {
            double all = 0;
            for (double[] key : keys) {
                all += Math.exp(cosine(queries[i], key) / TEMPERATURE);
            }
            loss += Math.log(all) - cosine(queries[i], keys[first + i]) / TEMPERATURE;
        }
        return loss / queries.length;
    }

    private static double cosine(double[] a, double[] b) {
        return (a[0] * b[0] + a[1] * b[1]) / (Math.hypot(a[0], a[1]) * Math.hypot(b[0], b[1]));
    }

    private static INDArray normalized(double[][] rows) {
        INDArray result = Nd4j.create(rows);
        return result.divColumnVector(result.norm2(true, 1));
    }
}
