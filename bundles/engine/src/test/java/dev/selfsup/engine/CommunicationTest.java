package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.Sinkhorn;
import dev.selfsup.engine.op.SyncBatchNorm;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CommunicationTest {
    private static final int LOCAL = 4;
    private static final int RANKS = 2;

    /** Processes of a run as threads of one. */
    private record Rank(int rank, INDArray[] shared, CyclicBarrier barrier) implements Collectives {
        @Override
        public int size() {
            return shared.length;
        }

        @Override
        public void allReduce(INDArray array) {
            shared[rank] = array.dup();
            meet();
            INDArray sum = shared[0].dup();
            for (int i = 1; i < shared.length; i++) {
                sum.addi(shared[i]);
            }
            array.assign(sum);
            meet();
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

    private record Result(double loss, INDArray gradient) {}

    /** A contrastive loss of neighbours in the batch, with a layer normalised over all processes. */
    private static Result train(Collectives collectives, INDArray images) {
        Weights weights = new Weights(3);
        Graph graph = new Graph(weights, true, collectives);
        SDVariable x = graph.input("x", DataType.FLOAT, images.shape());
        SDVariable weight = graph.in("fc").weight("weight", LayerType.LINEAR, Fill.uniform(0.5), 5, 6);
        SDVariable hidden = graph.apply(new Linear(), x, weight);
        SDVariable scale = graph.in("bn").weight("weight", LayerType.SYNC_BATCH_NORM, Fill.uniform(1), 5);
        SDVariable shift = graph.in("bn").weight("bias", LayerType.SYNC_BATCH_NORM, Fill.uniform(1), 5);
        SDVariable normal = new SyncBatchNorm(1e-5).apply(graph, hidden, scale, shift).get(0);
        SDVariable z = graph.apply(new Normalize(1e-12), normal);                          // [n, 5]
        SDVariable all = graph.allGather(z);                                               // [N, 5]
        SDVariable similarity = x.getSameDiff().mmul(z, all, false, true, false).mul(2);   // [n, N]
        SDVariable target = graph.input("target", DataType.FLOAT, images.size(0), graph.shape(all)[0]);
        SDVariable loss = graph.apply(new LogSoftmax(), similarity).mul(target).sum().mul(-1.0 / images.size(0));
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of()), Kernels.PLAIN);
        plan.input("x").assign(images);
        for (int i = 0; i < images.size(0); i++) {
            plan.input("target").putScalar(i, (i + collectives.rank() * LOCAL) ^ 1, 1);
        }
        plan.run();
        return new Result(plan.output("loss").getDouble(0), weights.gradient());
    }

    @Test
    void twoProcessesEqualOneWithTheWholeBatch() throws Exception {
        Random random = new Random(1);
        float[] values = new float[RANKS * LOCAL * 6];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        INDArray images = Nd4j.create(values, new long[] {RANKS * LOCAL, 6}, 'c');
        Result whole = train(Collectives.SINGLE, images);
        INDArray[] shared = new INDArray[RANKS];
        CyclicBarrier barrier = new CyclicBarrier(RANKS);
        ExecutorService threads = Executors.newFixedThreadPool(RANKS);
        try {
            List<Future<Result>> results = List.of(0, 1).stream()
                    .map(rank -> threads.submit(() -> train(new Rank(rank, shared, barrier), Views.at(images, rank * LOCAL * 6L, LOCAL, 6))))
                    .toList();
            Result first = results.get(0).get();
            Result second = results.get(1).get();
            assertEquals(whole.loss, (first.loss + second.loss) / 2, 1e-6);
            OperationNumbersTest.compare("gradient", whole.gradient, first.gradient.add(second.gradient).div(RANKS), 1e-5);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Assignments of samples, of which two clusters get little: the second so little that it underflows. */
    private static INDArray assign(Collectives collectives, INDArray scores) {
        Graph graph = new Graph(new Weights(0), true, collectives);
        SDVariable q = graph.apply(new Sinkhorn(3, 0.05, collectives), graph.input("scores", DataType.FLOAT, scores.shape()));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("q", q)), Kernels.PLAIN);
        plan.input("scores").assign(scores);
        plan.run();
        return plan.output("q").dup();
    }

    @Test
    void samplesOfTwoProcessesShareTheClusters() throws Exception {
        INDArray scores = Nd4j.create(new double[][] {{.9, -.2, -9}, {.8, .1, -9}, {.7, .3, -9}, {.1, .2, -9}, {-.5, .6, -9}, {.5, .5, -9}, {.2, -.4, -9},
                {0, .3, -9}}).castTo(DataType.FLOAT);
        INDArray[] shared = new INDArray[RANKS];
        CyclicBarrier barrier = new CyclicBarrier(RANKS);
        ExecutorService threads = Executors.newFixedThreadPool(RANKS);
        try {
            List<Future<INDArray>> parts = List.of(0, 1).stream()
                    .map(rank -> threads.submit(() -> assign(new Rank(rank, shared, barrier), Views.at(scores, rank * LOCAL * 3L, LOCAL, 3)))).toList();
            INDArray whole = assign(Collectives.SINGLE, scores);
            OperationNumbersTest.compare("assignments", whole, Nd4j.concat(0, parts.get(0).get(), parts.get(1).get()), 1e-6);
        } finally {
            threads.shutdownNow();
        }
    }
}
