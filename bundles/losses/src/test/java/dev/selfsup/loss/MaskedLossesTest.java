package dev.selfsup.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.loss.maereconstructionloss.MAEReconstructionLoss;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MaskedLossesTest {
    private static final float[] PREDICTION = {1, 2, -1, 0.5f, 3, 0, 2, 2, -2, 1, 0, 4};
    private static final float[] TARGET = {0, 2, 1, 1.5f, 3, -1, 2, 0, -2, 3, 1, 1};
    private static final float[] MASK = {1, 0, 1, 0, 0, 1};

    @Test
    void theErrorOfMaskedPatchesIsAveragedOverThem() {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable prediction = graph.input("prediction", DataType.FLOAT, 2, 3, 2);
        SDVariable loss = new MAEReconstructionLoss.Factory().create(new MAEReconstructionLoss.Config()).build(graph)
                .of(prediction, graph.constant(TARGET, 2, 3, 2), graph.constant(MASK, 2, 3));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of("prediction")), Kernels.fastest());
        plan.input("prediction").assign(Nd4j.create(PREDICTION, new long[] {2, 3, 2}, 'c'));
        plan.run();
        double expected = 0;
        for (int i = 0; i < PREDICTION.length; i++) {
            expected += MASK[i / 2] * Math.pow(PREDICTION[i] - TARGET[i], 2) / 2 / 3;
        }
        assertEquals(expected, plan.output("loss").getDouble(0), 1e-6);
        INDArray gradient = plan.output("grad_input/prediction").dup();
        for (int i = 0; i < PREDICTION.length; i++) {
            assertEquals(MASK[i / 2] * (PREDICTION[i] - TARGET[i]) / 3, gradient.getDouble(i), 1e-6, "gradient of element " + i);
        }
    }
}
