package dev.selfsup.algorithm.densecl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.Take;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** DenseCL with images for features: backbone and neck pass on, the image's projection is the mean of its places. */
class DenseCLTest {
    private static final int IMAGES = 3;
    private static final int CHANNELS = 4;
    private static final int SIDE = 2;
    private static final int PLACES = SIDE * SIDE;
    private static final int LENGTH = 5;
    private static final double LAMBDA = 0.25;

    private final double[] view1 = new Random(1).doubles(IMAGES * CHANNELS * PLACES, -1, 1).toArray();
    private final double[] view2 = new Random(2).doubles(IMAGES * CHANNELS * PLACES, -1, 1).toArray();
    private final Weights weights = new Weights(5, DataType.DOUBLE);

    private static DenseCL.Config config(int features, double lambda, int places) {
        return new DenseCL.Config(graph -> images -> List.of(images), graph -> in -> {
            SDVariable mean = graph.apply(new GlobalAveragePool(), in.get(0));
            return List.of(mean, in.get(0).reshape(IMAGES, CHANNELS, PLACES).get(SDIndex.all(),
                    SDIndex.all(), SDIndex.interval(0, places)), mean);
        }, DenseCLTest::infoNce, LENGTH, features, 0.9, lambda, null, List.of());
    }

    /** Cross entropy of class 0 among positive and negatives. */
    private static Head.Network infoNce(Graph graph) {
        return in -> {
            SDVariable logits = graph.concat(1, in.get(0), in.get(1));
            int rows = Math.toIntExact(graph.shape(logits)[0]);
            int[] right = IntStream.range(0, rows).map(row -> row * (LENGTH + 1)).toArray();
            return List.of(graph.apply(new Take(right, rows), graph.apply(new LogSoftmax(), logits)).mean().neg());
        };
    }

    private Plan plan() {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable first = graph.input("inputs.0", DataType.FLOAT, IMAGES, CHANNELS, SIDE, SIDE);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, IMAGES, CHANNELS, SIDE, SIDE);
        Losses losses = new DenseCL.Factory().create(config(CHANNELS, LAMBDA, PLACES)).loss(graph, new Batch(List.of(first, second), Map.of()));
        Map<String, SDVariable> outputs = new LinkedHashMap<>(losses.entries());
        outputs.put("total", losses.total());
        Plan plan = Plan.of(graph, new Plan.Wanted(outputs, "total", List.of("inputs.0")), Kernels.PLAIN);
        plan.input("inputs.0").assign(Nd4j.create(view1).reshape(IMAGES, CHANNELS, SIDE, SIDE));
        plan.input("inputs.1").assign(Nd4j.create(view2).reshape(IMAGES, CHANNELS, SIDE, SIDE));
        plan.input("rand/randperm#0").assign(Nd4j.createFromArray(2L, 0L, 1L));
        return plan;
    }

    @Test
    void everyPlaceIsDrawnToTheMostSimilarPlaceOfTheOtherView() {
        Plan plan = plan();
        double[] queue = weights.array("queue").dup().data().asDouble();
        double[] queue2 = weights.array("queue2").dup().data().asDouble();
        plan.run();
        double single = 0;
        double dense = 0;
        for (int image = 0; image < IMAGES; image++) {
            single += crossEntropy(mean(view1, image), mean(view2, image), queue) / IMAGES;
            for (int place = 0; place < PLACES; place++) {
                double[] q = place(view1, image, place);
                double[] best = place(view2, image, 0);
                for (int other = 1; other < PLACES; other++) {
                    double[] k = place(view2, image, other);
                    best = dot(q, k) > dot(q, best) ? k : best;
                }
                dense += crossEntropy(q, best, queue2) / (IMAGES * PLACES);
            }
        }
        assertEquals((1 - LAMBDA) * single, plan.output("loss_single").getDouble(0), 1e-12);
        assertEquals(LAMBDA * dense, plan.output("loss_dense").getDouble(0), 1e-12);
    }

    @Test
    void bothQueuesTakeTheKeysInTheOrderOfTheImages() {
        Plan plan = plan();
        plan.run();
        for (int image = 0; image < IMAGES; image++) {
            double[] key = mean(view2, image);
            for (int c = 0; c < CHANNELS; c++) {
                assertEquals(key[c], weights.array("queue").getDouble(c, image), 1e-12);
                assertEquals(key[c], weights.array("queue2").getDouble(c, image), 1e-12);
            }
        }
        assertEquals(IMAGES, weights.array("queue_ptr").getLong(0));
        plan.run();
        assertEquals(2 * IMAGES % LENGTH, weights.array("queue2_ptr").getLong(0));
    }

    @Test
    void theShareOfPlacesCanBeChangedBetweenStepsAndIsNoState() {
        Plan plan = plan();
        weights.setting("loss_lambda").orElseThrow().assign(0);
        plan.run();
        assertEquals(0, plan.output("loss_dense").getDouble(0));
        assertEquals(plan.output("total").getDouble(0), plan.output("loss_single").getDouble(0));
        assertEquals(List.of("encoder_k.steps", "queue", "queue_ptr", "queue2", "queue2_ptr"), List.copyOf(weights.state().keySet()));
    }

    @Test
    void theGradientIsThatOfFiniteDifferences() {
        Plan plan = plan();
        plan.run();
        double gradient = plan.output("grad_input/inputs.0").getDouble(1, 2, 0, 1);
        double step = 1e-6;
        double[] totals = new double[2];
        for (int side = 0; side < 2; side++) {
            Plan moved = new DenseCLTest().plan();
            double[] values = view1.clone();
            values[(CHANNELS + 2) * PLACES + 1] += side == 0 ? step : -step;
            moved.input("inputs.0").assign(Nd4j.create(values).reshape(IMAGES, CHANNELS, SIDE, SIDE));
            moved.run();
            totals[side] = moved.output("total").getDouble(0);
        }
        assertEquals((totals[0] - totals[1]) / (2 * step), gradient, 1e-8);
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertMessage("loss_lambda must be from 0 to 1, not 1.5", () -> config(CHANNELS, 1.5, PLACES));
        assertMessage("feat_dim must be the 4 features that the neck gives, not 7", () -> loss(config(7, LAMBDA, PLACES)));
        assertMessage("the neck must project as many places as the backbone gives, 4, not 3: leave num_grid out or set it to match",
                () -> loss(config(CHANNELS, LAMBDA, 3)));
    }

    private static void loss(DenseCL.Config config) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable images = graph.input("inputs.0", DataType.FLOAT, IMAGES, CHANNELS, SIDE, SIDE);
        new DenseCL.Factory().create(config).loss(graph, new Batch(List.of(images, images), Map.of()));
    }

    private static void assertMessage(String message, Runnable mistake) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, mistake::run).getMessage());
    }

    private static double crossEntropy(double[] q, double[] k, double[] queue) {
        double all = Math.exp(dot(q, k));
        for (int key = 0; key < LENGTH; key++) {
            double similarity = 0;
            for (int c = 0; c < CHANNELS; c++) {
                similarity += q[c] * queue[c * LENGTH + key];
            }
            all += Math.exp(similarity);
        }
        return Math.log(all) - dot(q, k);
    }

    private static double[] place(double[] view, int image, int place) {
        return normalized(IntStream.range(0, CHANNELS).mapToDouble(c -> view[(image * CHANNELS + c) * PLACES + place]).toArray());
    }

    private static double[] mean(double[] view, int image) {
        return normalized(IntStream.range(0, CHANNELS).mapToDouble(c -> IntStream.range(0, PLACES)
                .mapToDouble(place -> view[(image * CHANNELS + c) * PLACES + place]).sum() / PLACES).toArray());
    }

    private static double[] normalized(double[] x) {
        double length = Math.sqrt(dot(x, x));
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] / length).toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }
}
