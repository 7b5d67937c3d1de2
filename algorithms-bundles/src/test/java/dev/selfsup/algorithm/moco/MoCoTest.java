package dev.selfsup.algorithm.moco;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.selfsup.layers.KeyQueue;
import dev.selfsup.layers.Linear;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** MoCo with images for features: the backbone is a linear layer, the neck passes on. */
class MoCoTest {
    private static final int IMAGES = 4;
    private static final int WIDTH = 3;
    private static final int LENGTH = 8;
    private static final double MOMENTUM = 0.9;

    private final double[] view1 = new Random(1).doubles(IMAGES * WIDTH, -1, 1).toArray();
    private final double[] view2 = new Random(2).doubles(IMAGES * WIDTH, -1, 1).toArray();

    /** What a process has after some steps. */
    private record Result(double loss, double[] gradient, Weights weights) {
        double[] state(String name) {
            return weights.array(name).dup().data().asDouble();
        }
    }

    private static MoCo.Config config(int features, double momentum) {
        return new MoCo.Config(
                graph -> images -> List.of(Linear.build(graph.in("fc"), WIDTH, WIDTH, false).apply(images)),
                graph -> in -> in, MoCoTest::infoNce, LENGTH, features, momentum, null, List.of());
    }

    /** Cross entropy of class 0 among positive and negatives. */
    private static Head.Network infoNce(Graph graph) {
        return in -> {
            SDVariable logits = graph.concat(1, in.get(0), in.get(1));
            int columns = LENGTH + 1;
            int rows = Math.toIntExact(graph.shape(logits)[0]);
            int[] right = IntStream.range(0, rows).map(row -> row * columns).toArray();
            return List.of(graph.apply(new Take(right, rows), graph.apply(new LogSoftmax(), logits)).mean().neg());
        };
    }

    /** Two steps without an update of the trained weights but by hand, of this process's part of the images. */
    private Result steps(Collectives collectives) {
        int own = IMAGES / collectives.size();
        Weights weights = new Weights(5, DataType.DOUBLE);
        Graph graph = new Graph(weights, true, collectives);
        SDVariable first = graph.input("inputs.0", DataType.FLOAT, own, WIDTH);
        SDVariable second = graph.input("inputs.1", DataType.FLOAT, own, WIDTH);
        Losses losses = new MoCo.Factory().create(config(WIDTH, MOMENTUM)).loss(graph, new Batch(List.of(first, second), Map.of()));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", losses.total()), "loss", List.of()), Kernels.PLAIN);
        int from = collectives.rank() * own * WIDTH;
        plan.input("inputs.0").assign(Nd4j.create(Arrays.copyOfRange(view1, from, from + own * WIDTH)).reshape(own, WIDTH));
        plan.input("inputs.1").assign(Nd4j.create(Arrays.copyOfRange(view2, from, from + own * WIDTH)).reshape(own, WIDTH));
        if (plan.inputs().contains("rand/randperm#0")) {
            plan.input("rand/randperm#0").assign(Nd4j.createFromArray(2L, 0L, 3L, 1L));
        }
        plan.run();
        weights.flat().addi(0.25);
        plan.run();
        return new Result(plan.output("loss").getDouble(0), weights.gradient().dup().data().asDouble(), weights);
    }

    @Test
    void keysOfTheMomentumEncoderAreComparedAndQueued() {
        Result result = steps(Collectives.SINGLE);
        double[] online = result.state("backbone.fc.weight");
        double[] start = Arrays.stream(online).map(w -> w - 0.25).toArray();
        double[] average = new double[online.length];
        Arrays.setAll(average, i -> MOMENTUM * start[i] + (1 - MOMENTUM) * online[i]);
        assertArrayEquals(average, result.state("encoder_k.module.0.fc.weight"), 1e-12);
        double[] queue = result.state("queue");
        for (int image = 0; image < IMAGES; image++) {
            double[] before = embed(view2, start, image);
            double[] now = embed(view2, average, image);
            for (int c = 0; c < WIDTH; c++) {
                assertEquals(before[c], queue[c * LENGTH + image], 1e-12, "key of the first step");
                assertEquals(now[c], queue[c * LENGTH + IMAGES + image], 1e-12, "key of the second step");
            }
        }
        assertEquals(0, result.weights.array("queue_ptr").getLong(0), "the queue is full once");
        assertEquals(2, result.weights.array("encoder_k.steps").getLong(0));
    }

    @Test
    void theLossClassifiesTheOwnKeyAmongThoseOfTheQueue() {
        Result result = steps(Collectives.SINGLE);
        Weights fresh = new Weights(5, DataType.DOUBLE);
        KeyQueue.build(new Graph(fresh, true, Collectives.SINGLE), "queue", WIDTH, LENGTH);
        fresh.allocate();
        double[] queue = fresh.array("queue").dup().data().asDouble();
        double[] after = result.state("queue");
        for (int c = 0; c < WIDTH; c++) {
            System.arraycopy(after, c * LENGTH, queue, c * LENGTH, IMAGES);          // as the second step sees it
        }
        double loss = 0;
        for (int image = 0; image < IMAGES; image++) {
            double[] q = embed(view1, result.state("backbone.fc.weight"), image);
            double[] k = embed(view2, result.state("encoder_k.module.0.fc.weight"), image);
            double positive = dot(q, k);
            double all = Math.exp(positive);
            for (int key = 0; key < LENGTH; key++) {
                double similarity = 0;
                for (int c = 0; c < WIDTH; c++) {
                    similarity += q[c] * queue[c * LENGTH + key];
                }
                all += Math.exp(similarity);
            }
            loss += (Math.log(all) - positive) / IMAGES;
        }
        assertEquals(loss, result.loss, 1e-9);
    }

    @Test
    void twoProcessesEqualOneWithTheWholeBatch() throws Exception {
        Result whole = steps(Collectives.SINGLE);
        INDArray[] shared = new INDArray[2];
        CyclicBarrier barrier = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Result>> results = List.of(0, 1).stream().map(rank -> threads.submit(() -> steps(new Rank(rank, shared, barrier)))).toList();
            Result first = results.get(0).get();
            Result second = results.get(1).get();
            assertEquals(whole.loss, (first.loss + second.loss) / 2, 1e-12);
            for (int i = 0; i < whole.gradient.length; i++) {
                assertEquals(whole.gradient[i], (first.gradient[i] + second.gradient[i]) / 2, 1e-12);
            }
            assertArrayEquals(whole.state("queue"), first.state("queue"), 1e-12);
            assertArrayEquals(whole.state("queue"), second.state("queue"), 1e-12);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        assertEquals("momentum must be above 0 and below 1, not 1.0",
                assertThrows(IllegalArgumentException.class, () -> config(WIDTH, 1)).getMessage());
        assertEquals("feat_dim must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> config(0, 0.9)).getMessage());
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable images = graph.input("inputs.0", DataType.FLOAT, 2, WIDTH);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new MoCo.Factory().create(config(5, 0.9))
                .loss(graph, new Batch(List.of(images, images), Map.of())));
        assertTrue(e.getMessage().startsWith("feat_dim must be the 3 features that the neck gives, not 5"), e.getMessage());
    }

    private static double[] embed(double[] view, double[] weight, int image) {
        double[] out = new double[WIDTH];
        for (int o = 0; o < WIDTH; o++) {
            for (int i = 0; i < WIDTH; i++) {
                out[o] += weight[o * WIDTH + i] * view[image * WIDTH + i];
            }
        }
        double length = Math.sqrt(dot(out, out));
        return Arrays.stream(out).map(x -> x / length).toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    /** Processes of a run as threads of one. */
    private record Rank(int rank, INDArray[] shared, CyclicBarrier barrier) implements Collectives {
        @Override
        public int size() {
            return shared.length;
        }

        @Override
        public void allReduce(INDArray array) {
            throw new IllegalStateException("MoCo sums nothing over processes");
        }

        @Override
        public void allGather(INDArray own, List<INDArray> parts) {
            shared[rank] = own;
            meet();
            for (int i = 0; i < shared.length; i++) {
                parts.get(i).assign(shared[i]);
            }
            meet();
        }

        private void meet() {
            try {
                barrier.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
