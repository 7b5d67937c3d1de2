package __package__;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The loss with images for projections: the backbone passes them on, the neck flattens them. */
class __Type__Test {
    private static final int IMAGES = 4;
    private static final int WIDTH = 5;
    private static final int HIDDEN = 3;

    private final Weights weights = new Weights(0, DataType.DOUBLE);
    private final double[][] view1 = vectors(1);
    private final double[][] view2 = vectors(2);

    @Test
    void theLossIsTheMeanNegativeCosineOfPredictionsAndTheOtherView() {
        Plan plan = plan();
        assertEquals(-(cosines(view1, view2) + cosines(view2, view1)) / (2 * IMAGES), plan.output("loss").getDouble(0), 1e-9);
    }

    @Test
    void aViewGetsItsGradientFromItsPredictionAloneNotAsATarget() {
        Plan plan = plan();
        double step = 1e-6;
        for (int i = 0; i < IMAGES; i++) {
            double kept = view1[i][2];
            view1[i][2] = kept + step;
            double above = cosines(view1, view2);
            view1[i][2] = kept - step;
            double below = cosines(view1, view2);
            view1[i][2] = kept;
            assertEquals(-(above - below) / (2 * step) / (2 * IMAGES), plan.output("grad_input/inputs.0").getDouble(i, 2, 0, 0), 1e-7);
        }
    }

    @Test
    void aPredictorWithoutWidthIsRefused() {
        assertEquals("hidden_channels must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> config(0)).getMessage());
    }

    private static __Type__.Config config(int hidden) {
        return new __Type__.Config(graph -> images -> List.of(images), graph -> features -> List.of(features.get(0).reshape(IMAGES, WIDTH)), hidden,
                new Untouched());
    }

    private Plan plan() {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable first = graph.input("inputs.0", DataType.FLOAT, IMAGES, WIDTH, 1, 1);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, IMAGES, WIDTH, 1, 1);
        Losses losses = new __Type__.Factory().create(config(HIDDEN)).loss(graph, new Batch(List.of(first, second), Map.of()));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", losses.total()), "loss", List.of("inputs.0")), Kernels.PLAIN);
        plan.input("inputs.0").assign(Nd4j.create(view1).reshape(IMAGES, WIDTH, 1, 1));
        plan.input("inputs.1").assign(Nd4j.create(view2).reshape(IMAGES, WIDTH, 1, 1));
        plan.run();
        return plan;
    }

    /** The sum over images of the cosine between the prediction from one view and the other view. */
    private double cosines(double[][] from, double[][] target) {
        double sum = 0;
        for (int i = 0; i < IMAGES; i++) {
            double[] hidden = linear("predictor.0", from[i], HIDDEN);
            double[] p = linear("predictor.2", IntStream.range(0, HIDDEN).mapToDouble(j -> Math.max(hidden[j], 0)).toArray(), WIDTH);
            sum += dot(p, target[i]) / Math.sqrt(dot(p, p) * dot(target[i], target[i]));
        }
        return sum;
    }

    private double[] linear(String layer, double[] x, int out) {
        return IntStream.range(0, out).mapToDouble(o -> weights.array(layer + ".bias").getDouble(o)
                + IntStream.range(0, x.length).mapToDouble(i -> weights.array(layer + ".weight").getDouble(o, i) * x[i]).sum()).toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double[][] vectors(long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, IMAGES).mapToObj(i -> random.doubles(WIDTH, -1, 1).toArray()).toArray(double[][]::new);
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
