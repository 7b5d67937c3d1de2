package dev.selfsup.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.loss.maereconstructionloss.MAEReconstructionLoss;
import dev.selfsup.loss.pixelreconstructionloss.PixelReconstructionLoss;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Test
    void differencesOrTheirSquaresAreAveragedOverAllWithoutAMask() {
        assertEquals(mean(1), pixels("L1", Optional.of(5), false, 2, 3, 2), 1e-6);
        assertEquals(mean(2), pixels("L2", Optional.empty(), false, 2, 3, 2), 1e-6);
        assertEquals(mean(1), pixels("L1", Optional.empty(), false, 2, 1, 3, 2), 1e-6);
    }

    private static double mean(int power) {
        double sum = 0;
        for (int i = 0; i < PREDICTION.length; i++) {
            sum += Math.pow(Math.abs(PREDICTION[i] - TARGET[i]), power);
        }
        return sum / PREDICTION.length;
    }

    @Test
    void aMaskOfPatchesCountsMeansAndOneOfPixelsIsDividedByTheChannels() {
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < PREDICTION.length; i++) {
            squares += MASK[i / 2] * Math.pow(PREDICTION[i] - TARGET[i], 2) / 2;
            differences += MASK[i % 6] * Math.abs(PREDICTION[i] - TARGET[i]);
        }
        assertEquals(squares / 3, pixels("L2", Optional.empty(), true, 2, 3, 2), 1e-6);
        assertEquals(differences / 3 / 4, pixels("L1", Optional.of(4), true, 1, 2, 3, 2), 1e-6);
        assertEquals(differences / 3 / 4, loss("L1", Optional.of(4), Optional.of(DataType.INT64), 1, 2, 3, 2), 1e-6, "SimMIM's masks are whole numbers");
    }

    @Test
    void mistakesOfThePixelLossNameTheRule() {
        assertEquals("criterion must be L1 or L2, not L3",
                assertThrows(IllegalArgumentException.class, () -> new PixelReconstructionLoss.Config("L3", Optional.empty())).getMessage());
        assertEquals("channel must be positive, not 0",
                assertThrows(IllegalArgumentException.class, () -> new PixelReconstructionLoss.Config("L1", Optional.of(0))).getMessage());
    }

    private static double pixels(String criterion, Optional<Integer> channel, boolean masked, long... shape) {
        return loss(criterion, channel, masked ? Optional.of(DataType.FLOAT) : Optional.empty(), shape);
    }

    private static double loss(String criterion, Optional<Integer> channel, Optional<DataType> masked, long... shape) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable prediction = graph.input("prediction", DataType.FLOAT, shape);
        SDVariable target = graph.constant(Nd4j.create(TARGET, shape, 'c'));
        long[] places = shape.length == 3 ? new long[] {2, 3} : new long[] {1, 1, 3, 2};
        Loss.Function function = new PixelReconstructionLoss.Factory().create(new PixelReconstructionLoss.Config(criterion, channel)).build(graph);
        SDVariable loss = masked.isEmpty() ? function.of(prediction, target) : function.of(prediction, target, graph.input("mask", masked.get(), places));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of("prediction")), Kernels.fastest());
        plan.input("prediction").assign(Nd4j.create(PREDICTION, shape, 'c'));
        masked.ifPresent(type -> plan.input("mask").assign(Nd4j.create(MASK, places, 'c').castTo(type)));
        plan.run();
        return plan.output("loss").getDouble(0);
    }
}
