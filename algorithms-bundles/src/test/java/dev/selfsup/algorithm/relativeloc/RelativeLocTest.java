package dev.selfsup.algorithm.relativeloc;

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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The method with patches for features; its neck subtracts the middle patch from the outer one, its head multiplies with labels. */
class RelativeLocTest {
    private final Algorithm algorithm = new RelativeLoc.Factory().create(new RelativeLoc.Config(
            graph -> patches -> List.of(patches),
            graph -> pairs -> List.of(graph.matmul(pairs.get(0).reshape(8, 2), graph.constant(Nd4j.createFromArray(1.0, -1).reshape(2, 1)), false, false).reshape(8)),
            graph -> in -> List.of(in.get(0).mul(in.get(1).castTo(DataType.DOUBLE)).sum()), new Untouched(), List.of()));

    @Test
    void theOuterPatchComesFirstInAPairAndMeetsItsLabel() {
        Graph graph = graph();
        INDArray outer = Nd4j.createFromArray(10.0, 20, 30, 40, 50, 60, 70, 80).reshape(8, 1, 1, 1);
        INDArray middle = Nd4j.createFromArray(5.0, 5, 5, 5, 5, 5, 5, 5).reshape(8, 1, 1, 1);
        INDArray labels = Nd4j.createFromArray(new long[][] {{0, 1, 2, 3, 4, 5, 6, 7}}).reshape(1, 1, 8);
        Batch batch = new Batch(List.of(graph.constant(outer), graph.constant(middle)), Map.of("patch_label", graph.constant(labels)));
        SDVariable loss = algorithm.loss(graph, batch).total();
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("loss", loss)), Kernels.PLAIN);
        plan.run();
        double naive = 0;
        for (int place = 0; place < 8; place++) {
            naive += place * (10 * (place + 1) - 5);
        }
        assertEquals(naive, plan.output("loss").getDouble(0));
    }

    @Test
    void aPreprocessorThatMakesNoPairsIsNamed() {
        Graph graph = graph();
        SDVariable patches = graph.constant(Nd4j.create(DataType.DOUBLE, 8, 1, 1, 1));
        SDVariable labels = graph.constant(Nd4j.create(DataType.INT64, 2, 1, 8));
        assertEquals("RelativeLoc needs pairs of patches, but a sample gives 1 inputs: set data_preprocessor.type: RelativeLocDataPreprocessor",
                mistake(graph, new Batch(List.of(patches), Map.of("patch_label", labels))));
        assertEquals("RelativeLoc needs a label for each of 8 pairs of patches, not 16: use RelativeLocDataPreprocessor and RandomPatchWithLabels",
                mistake(graph, new Batch(List.of(patches, patches), Map.of("patch_label", labels))));
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
