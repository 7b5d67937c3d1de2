package dev.selfsup.layers;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A queue of 5 keys of 2 features that gets 3 keys a step. */
class KeyQueueTest {
    private static final int LENGTH = 5;

    private Plan step(Weights weights) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable keys = graph.input("keys", DataType.FLOAT, 3, 2);
        KeyQueue queue = KeyQueue.build(graph, "queue", 2, LENGTH);
        SDVariable negative = graph.matmul(keys, queue.keys(), false, false);        // [3, 5]
        queue.enqueue(keys);
        return Plan.of(graph, new Plan.Wanted(Map.of("negative", negative, "sum", negative.sum()), "sum", List.of("keys")), Kernels.PLAIN);
    }

    @Test
    void itBeginsWithColumnsOfLengthOne() {
        Weights weights = new Weights(0);
        step(weights);
        for (int column = 0; column < LENGTH; column++) {
            assertEquals(1, weights.array("queue").getColumn(column).norm2Number().doubleValue(), 1e-6);
        }
        assertEquals(0, weights.array("queue_ptr").getLong(0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void theNewestKeysTakeThePlaceOfTheOldestAndTheFirstComesAfterTheLast(DataType precision) {
        Weights weights = new Weights(0, precision);
        Plan plan = step(weights);
        weights.array("queue").assign(-1);
        plan.input("keys").assign(Nd4j.createFromArray(new double[][] {{1, 10}, {2, 20}, {3, 30}}));
        plan.run();
        assertArrayEquals(new double[] {1, 2, 3, -1, -1, 10, 20, 30, -1, -1}, weights.array("queue").dup().data().asDouble());
        assertEquals(3, weights.array("queue_ptr").getLong(0));
        plan.input("keys").assign(Nd4j.createFromArray(new double[][] {{4, 40}, {5, 50}, {6, 60}}));
        plan.run();
        assertArrayEquals(new double[] {6, 2, 3, 4, 5, 60, 20, 30, 40, 50}, weights.array("queue").dup().data().asDouble());
        assertEquals(1, weights.array("queue_ptr").getLong(0));
    }

    @Test
    void aStepSeesTheKeysOfEarlierSteps() {
        Weights weights = new Weights(0);
        Plan plan = step(weights);
        weights.array("queue").assign(0);
        plan.input("keys").assign(1);
        plan.run();
        assertEquals(0, plan.output("sum").getDouble(0));
        assertEquals(0, plan.output("grad_input/keys").sumNumber().doubleValue());
        plan.run();
        assertEquals(3 * 3 * 2, plan.output("sum").getDouble(0));
        assertEquals(3 * 2 * 3, plan.output("grad_input/keys").sumNumber().doubleValue());
    }

    @Test
    void theQueueIsChangedWhereItLies() {
        assertEquals(0, step(new Weights(0)).counts().copies());
    }

    @Test
    void moreKeysThanTheQueueHoldsAreRefused() {
        assertEquals("a queue of 2 keys cannot take 3 at once: raise queue_len, or lower train_dataloader.batch_size", refusal(2, 3, 2));
        assertEquals("keys are rows [N, D] of a queue [D, K], not [2, 3] of [2, 2]", refusal(2, 2, 3));
    }

    private static String refusal(int length, long... keys) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        KeyQueue queue = KeyQueue.build(graph, "queue", 2, length);
        queue.enqueue(graph.input("keys", DataType.FLOAT, keys));
        return assertThrows(IllegalArgumentException.class, () -> Plan.of(graph, Plan.Wanted.values(Map.of("queue", queue.keys())), Kernels.PLAIN)).getMessage();
    }
}
