package dev.selfsup.algorithm.simclr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.Take;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The loss of SimCLR, with images for features: the backbone passes them on, the neck flattens them. */
class SimCLRTest {
    private static final int IMAGES = 5;
    private static final int WIDTH = 6;
    private static final double TEMPERATURE = 0.3;

    private final double[][] view1 = vectors(1);
    private final double[][] view2 = vectors(2);

    @Test
    void theLossIsTheMeanCrossEntropyOverAllViewsAgainstTheViewsOfOtherImages() {
        Plan plan = plan();
        assertEquals(naive(view1, view2), plan.output("loss_total").getDouble(0), 1e-9);
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        Plan plan = plan();
        double step = 1e-5;
        for (int i = 0; i < IMAGES; i++) {
            double kept = view1[i][2];
            view1[i][2] = kept + step;
            double above = naive(view1, view2);
            view1[i][2] = kept - step;
            double below = naive(view1, view2);
            view1[i][2] = kept;
            assertEquals((above - below) / (2 * step), plan.output("grad_input/inputs.0").getDouble(i, 2, 0, 0), 1e-7);
        }
    }

    @Test
    void aViewIsNotItsOwnNegative() {
        Plan plan = plan();
        assertEquals(List.of(2L * IMAGES, 2L * IMAGES - 2), List.of(plan.output("negative").size(0), plan.output("negative").size(1)));
        for (int row = 0; row < 2 * IMAGES; row++) {
            for (int column = 0; column < 2 * IMAGES - 2; column++) {
                assertTrue(plan.output("negative").getDouble(row, column) < 1 - 1e-6, "only a view itself has similarity 1");
            }
        }
    }

    private Plan plan() {
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        Algorithm simclr = new SimCLR.Factory().create(new SimCLR.Config(
                graph -> images -> List.of(images),
                graph -> features -> List.of(features.get(0).reshape(2 * IMAGES, WIDTH)),
                graph -> infoNce(graph, outputs), new Untouched(), List.of()));
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable first = graph.input("inputs.0", DataType.FLOAT, IMAGES, WIDTH, 1, 1);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, IMAGES, WIDTH, 1, 1);
        Losses losses = simclr.loss(graph, new Batch(List.of(first, second), Map.of()));
        outputs.put("loss_total", losses.total());
        Plan plan = Plan.of(graph, new Plan.Wanted(outputs, "loss_total", List.of("inputs.0")), Kernels.PLAIN);
        plan.input("inputs.0").assign(Nd4j.create(view1).reshape(IMAGES, WIDTH, 1, 1));
        plan.input("inputs.1").assign(Nd4j.create(view2).reshape(IMAGES, WIDTH, 1, 1));
        plan.run();
        return plan;
    }

    /** Cross entropy of class 0 among positive and negatives. */
    private static Head.Network infoNce(Graph graph, Map<String, SDVariable> outputs) {
        return in -> {
            outputs.put("negative", in.get(1));
            SDVariable logits = graph.concat(1, in.get(0), in.get(1)).div(TEMPERATURE);
            int columns = 2 * IMAGES - 1;
            int[] right = IntStream.range(0, 2 * IMAGES).map(row -> row * columns).toArray();
            return List.of(graph.apply(new Take(right, 2 * IMAGES), graph.apply(new LogSoftmax(), logits)).mean().neg());
        };
    }

    private static double naive(double[][] first, double[][] second) {
        double[][] all = new double[2 * IMAGES][];
        for (int i = 0; i < IMAGES; i++) {
            all[i] = first[i];
            all[IMAGES + i] = second[i];
        }
        double loss = 0;
        for (int i = 0; i < all.length; i++) {
            double others = 0;
            for (int j = 0; j < all.length; j++) {
                others += i == j ? 0 : Math.exp(cosine(all[i], all[j]) / TEMPERATURE);
            }
            loss += Math.log(others) - cosine(all[i], all[(i + IMAGES) % all.length]) / TEMPERATURE;
        }
        return loss / all.length;
    }

    private static double cosine(double[] a, double[] b) {
        return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
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
