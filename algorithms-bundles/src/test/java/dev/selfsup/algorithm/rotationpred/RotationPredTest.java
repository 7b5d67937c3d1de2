package dev.selfsup.algorithm.rotationpred;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
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
import org.nd4j.linalg.factory.Nd4j;

/** The method with images for features and a head that multiplies features with labels. */
class RotationPredTest {
    private final Algorithm algorithm = new RotationPred.Factory().create(new RotationPred.Config(
            graph -> images -> List.of(images.mul(100), images.reshape(8)),
            graph -> in -> List.of(in.get(0).mul(in.get(1).castTo(DataType.DOUBLE)).sum()), new Untouched(), List.of()));

    @Test
    void everyRowOfTheLastFeaturesMeetsItsLabel() {
        Graph graph = graph();
        SDVariable images = graph.constant(Nd4j.createFromArray(1.0, 10, 100, 1000, 2, 20, 200, 2000).reshape(8, 1, 1, 1));
        SDVariable labels = graph.constant(Nd4j.createFromArray(new long[][] {{0, 1, 2, 3}, {0, 1, 2, 3}}));
        SDVariable loss = algorithm.loss(graph, new Batch(List.of(images), Map.of("rot_label", labels))).total();
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("loss", loss)), Kernels.PLAIN);
        plan.run();
        assertEquals(3 * (10 + 200 + 3000), plan.output("loss").getDouble(0));
    }

    @Test
    void aPreprocessorThatDoesNotMakeRowsIsNamed() {
        Graph graph = graph();
        SDVariable image = graph.constant(Nd4j.create(DataType.DOUBLE, 2, 1, 1, 1));
        SDVariable labels = graph.constant(Nd4j.create(DataType.INT64, 2, 4));
        assertEquals("RotationPred needs the turned images as rows of one input, but a sample gives 4 inputs: set data_preprocessor.type: RotationPredDataPreprocessor",
                mistake(graph, new Batch(List.of(image, image, image, image), Map.of("rot_label", labels))));
        assertEquals("RotationPred needs a label for each of 2 turned images, not 8: use RotationPredDataPreprocessor and RotationWithLabels",
                mistake(graph, new Batch(List.of(image), Map.of("rot_label", labels))));
        assertEquals("the batch has no field 'rot_label', only []: name it in algorithm_keys or pseudo_label_keys of PackSelfSupInputs, the last step of "
                + "train_dataloader.dataset.pipeline", mistake(graph, new Batch(List.of(image), Map.of())));
    }

    private String mistake(Graph graph, Batch batch) {
        return assertThrows(IllegalArgumentException.class, () -> algorithm.loss(graph, batch)).getMessage();
    }

    private static Graph graph() {
        return new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
    }

    private static final class Untouched implements DataPreprocessor {
        @Override
        public List<int[]> shapes(List<Image> images) {
            return List.of();
        }

        @Override
        public void write(List<Image> images, int input, float[] out, int offset) {}
    }
}
