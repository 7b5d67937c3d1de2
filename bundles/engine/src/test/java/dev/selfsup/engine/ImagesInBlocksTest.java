package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.onednn.OneDnnKernels;
import dev.selfsup.engine.op.AddRelu;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.Relu;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Plans that keep images in blocks of channels and fuse operations compute what plain plans do, and do not allocate. */
class ImagesInBlocksTest {
    /** Tolerance of few layers, relative to the largest value. */
    private static final double FEW = 2e-5;
    /** That of a network, whose norms enlarge what rounding does; a wrong layout is off by the values themselves. */
    private static final double WHOLE = 1e-4;

    private static final Convolution SAME = new Convolution(1, 1, 1, 1, 1, 1, 1);
    private static final Convolution HALF = new Convolution(2, 2, 1, 1, 1, 1, 1);
    private static final Convolution POINTWISE = new Convolution(2, 2, 0, 0, 1, 1, 1);

    private interface Network {
        SDVariable apply(Graph graph, SDVariable images);
    }

    private record Results(Plan plan, Map<String, INDArray> values) {}

    @Test
    void aResidualNetworkIsTheSameInBlocksOfChannels() {
        Results results = compare(ImagesInBlocksTest::residual, WHOLE, Set.of(), 3, 3, 20, 20);
        List<String> operations = results.plan.operations();
        assertEquals(3, Collections.frequency(operations, "batch_norm_relu"), operations::toString);
        assertEquals(3, Collections.frequency(operations, "batch_norm_relu_bp"), operations::toString);
        assertEquals(2, Collections.frequency(operations, "add_relu"), operations::toString);
        assertTrue(!operations.contains("add_bp") && !operations.contains("relu"), operations::toString);
        assertEquals(List.of(), results.plan.counts().fallbacks());
        assertEquals(0, results.plan.counts().copies());
        int weights = 3 * 6;            // of six convolutions: forward, backward, gradients
        assertTrue(results.plan.counts().reorders() <= weights + 1, () -> "more than weights and the images' gradient: " + results.plan.counts());
    }

    @Test
    void shapesThatNobodyChoseAreTheSameToo() {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            long narrow = 8 * (1 + random.nextInt(6));
            long wide = 16 * (1 + random.nextInt(5));
            Network network = (g, x) -> block(g.in("block1"), narrow, wide, block(g.in("block0"), narrow, narrow, stem(g, narrow, x)));
            compare(network, WHOLE, Set.of(), 2 + random.nextInt(3), 3, 16 + random.nextInt(12), 16 + random.nextInt(12));
        }
    }

    @Test
    void inDoublePrecisionPlansAreNotShapedForKernelsThatHaveNone() {
        Graph graph = new Graph(new Weights(7, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable out = residual(graph, graph.input("images", DataType.FLOAT, 2, 3, 12, 12));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("out", out)), new OneDnnKernels());
        assertTrue(plan.operations().containsAll(List.of("batch_norm", "relu", "add")), () -> plan.operations().toString());
    }

    @Test
    void whatIsListenedToIsTheSameToo() {
        Set<String> all = Set.of("stem", "pooled", "block0.branch", "block0", "block1.branch", "block1");
        Results results = compare(ImagesInBlocksTest::residual, WHOLE, all, 2, 3, 12, 12);
        assertEquals(List.of(), results.plan.counts().fallbacks());
    }

    @Test
    void channelsThatFillNoBlockStayInOrder() {
        compare((g, x) -> convolve(g.in("b"), SAME, 3, 24, norm(g.in("n"), unbiased(g.in("a"), SAME, 3, 20, x))), Set.of(), 2, 5, 9, 7);
    }

    @Test
    void layoutsMeetInConvolutionsOfEverySort() {
        compare((g, x) -> {
            SDVariable wide = convolve(g.in("a"), SAME, 3, 32, x);
            SDVariable grouped = convolve(g.in("b"), new Convolution(1, 1, 1, 1, 1, 1, 4), 3, 32, wide);
            SDVariable dilated = convolve(g.in("c"), new Convolution(1, 1, 2, 2, 2, 2, 1), 3, 24, grouped);
            return convolve(g.in("d"), SAME, 3, 48, g.apply(new AveragePool(2, 2, 0, true, false), dilated));
        }, Set.of(), 2, 3, 11, 13);
    }

    @Test
    void operationsThatKnowNoBlocksAreServedInOrder() {
        compare((g, x) -> {
            SDVariable images = g.apply(new Relu(), convolve(g.in("a"), SAME, 3, 32, x));
            SDVariable gated = images.mul(images.mean(true, 2, 3));                              // [N, C, 1, 1] is repeated
            return convolve(g.in("b"), SAME, 3, 32, gated.add(images));
        }, Set.of(), 2, 3, 10, 10);
    }

    @Test
    void normsByGivenStatisticsAndPoolsThatOverhangWorkInBlocks() {
        Results results = compare((g, x) -> {
            SDVariable images = convolve(g.in("a"), SAME, 3, 32, x);
            SDVariable mean = g.in("n").weight("mean", LayerType.NONE, Fill.uniform(0.1), 32);
            SDVariable variance = g.in("n").weight("variance", LayerType.NONE, Fill.constant(1.3), 32);
            SDVariable normal = g.apply(new BatchNormInference(1e-5), images, mean, variance);
            SDVariable largest = g.apply(new MaxPool(3, 2, 1, true), g.apply(new Relu(), normal));
            return convolve(g.in("b"), HALF, 3, 64, g.apply(new AveragePool(3, 2, 1, false, false), largest));
        }, Set.of(), 2, 3, 17, 14);
        assertEquals(List.of(), results.plan.counts().fallbacks());
    }

    @Test
    void winogradsAlgorithmIsAsExact() {
        compare((g, x) -> convolve(g.in("b"), SAME, 3, 64, g.apply(new Relu(), convolve(g.in("a"), SAME, 3, 64, x))), Set.of(), 4, 3, 30, 18);
    }

    @Test
    void aSumAndItsRectifierHaveAPlainKernel() {
        INDArray sum = Nd4j.create(DataType.FLOAT, 3);
        new AddRelu().plain(new INDArray[] {Nd4j.createFromArray(1f, -2f, 3f), Nd4j.createFromArray(1f, 1f, -4f)}, new INDArray[] {sum}).run();
        assertEquals(Nd4j.createFromArray(2f, 0f, 0f), sum);
    }

    @Test
    void nothingIsAllocatedFromTheThirdRunOn() {
        Results results = run(ImagesInBlocksTest::residual, new OneDnnKernels(), Set.of(), 3, 3, 20, 20);
        results.plan.run();
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long own = Thread.currentThread().getId();
        threads.getThreadAllocatedBytes(own);
        long outside = Pointer.totalBytes();
        long before = threads.getThreadAllocatedBytes(own);
        results.plan.run();
        assertEquals(0, threads.getThreadAllocatedBytes(own) - before);
        assertTrue(Pointer.totalBytes() <= outside, "native memory grew");
    }

    @Test
    void twoPlansOnTwoThreadsDoNotDisturbEachOther() throws InterruptedException {
        Map<String, INDArray> expected = run(ImagesInBlocksTest::residual, new OneDnnKernels(), Set.of(), 3, 3, 20, 20).values;
        List<Map<String, INDArray>> found = Collections.synchronizedList(new java.util.ArrayList<>());
        List<Thread> threads = List.of(trainer(found), trainer(found));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(2, found.size());
        found.forEach(results -> results.forEach((name, array) -> assertEquals(expected.get(name), array, name)));
    }

    private static Thread trainer(List<Map<String, INDArray>> found) {
        return new Thread(() -> {
            Results results = run(ImagesInBlocksTest::residual, new OneDnnKernels(), Set.of(), 3, 3, 20, 20);
            for (int i = 0; i < 20; i++) {
                results.plan.run();
            }
            Map<String, INDArray> values = new LinkedHashMap<>();
            results.plan.outputs().forEach((name, array) -> values.put(name, array.dup('c')));
            values.remove("loss");
            found.add(values);
        });
    }

    // Networks

    private static SDVariable residual(Graph g, SDVariable x) {
        return block(g.in("block1"), 32, 64, block(g.in("block0"), 32, 32, stem(g, 32, x)));
    }

    private static SDVariable stem(Graph g, long channels, SDVariable x) {
        SDVariable stem = g.in("stem").module(v -> rectified(g.in("n"), unbiased(g.in("stem.c"), SAME, 3, channels, v))).apply(x);
        return g.in("pooled").module(v -> g.apply(new MaxPool(3, 2, 1, false), v)).apply(stem);
    }

    private static SDVariable block(Graph g, long in, long out, SDVariable x) {
        return g.module(v -> {
            SDVariable branch = g.in("branch").module(b -> norm(g.in("n2"), unbiased(g.in("c2"), SAME, 3, out,
                    rectified(g.in("n1"), unbiased(g.in("c1"), in == out ? SAME : HALF, 3, out, b))))).apply(v);
            return g.apply(new Relu(), branch.add(in == out ? v : norm(g.in("n3"), unbiased(g.in("c3"), POINTWISE, 1, out, v))));
        }).apply(x);
    }

    private static SDVariable convolve(Graph g, Convolution of, long kernel, long out, SDVariable x) {
        return g.apply(of, x, weight(g, of, kernel, out, x), g.weight("bias", LayerType.CONV, Fill.uniform(0.1), out));
    }

    /** Before a normalisation, which would take a bias away again. */
    private static SDVariable unbiased(Graph g, Convolution of, long kernel, long out, SDVariable x) {
        return g.apply(of, x, weight(g, of, kernel, out, x));
    }

    private static SDVariable weight(Graph g, Convolution of, long kernel, long out, SDVariable x) {
        long in = g.shape(x)[1] / of.groups();
        return g.weight("weight", LayerType.CONV, Fill.normal(0, Math.sqrt(2.0 / (in * kernel * kernel))), out, in, kernel, kernel);
    }

    private static SDVariable norm(Graph g, SDVariable x) {
        long channels = g.shape(x)[1];
        SDVariable weight = g.weight("weight", LayerType.BATCH_NORM_2D, Fill.uniform(1), channels);
        return g.applyAll(new BatchNorm(1e-5), x, weight, g.weight("bias", LayerType.BATCH_NORM_2D, Fill.uniform(0.3), channels)).get(0);
    }

    private static SDVariable rectified(Graph g, SDVariable x) {
        return g.apply(new Relu(), norm(g, x));
    }

    // Comparison

    private static Results compare(Network network, Set<String> taps, long... images) {
        return compare(network, FEW, taps, images);
    }

    private static Results compare(Network network, double tolerance, Set<String> taps, long... images) {
        Results plain = run(network, Kernels.PLAIN, taps, images);
        Results fast = run(network, new OneDnnKernels(), taps, images);
        assertEquals(plain.values.keySet(), fast.values.keySet());
        fast.values.forEach((name, array) -> OperationNumbersTest.compare(name, plain.values.get(name), array, tolerance));
        return fast;
    }

    private static Results run(Network network, Kernels kernels, Set<String> taps, long... images) {
        Weights weights = new Weights(7);
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable out = network.apply(graph, graph.input("images", DataType.FLOAT, images));
        SDVariable features = graph.apply(new GlobalAveragePool(), out);                                      // [N, C]
        SDVariable slopes = graph.input("slopes", DataType.FLOAT, graph.shape(features));
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        outputs.put("features", features);
        outputs.put("loss", features.mul(slopes).sum());
        taps.forEach(tap -> outputs.put(tap, graph.taps().get(tap + "#0.out")));
        Plan plan = Plan.of(graph, new Plan.Wanted(outputs, "loss", List.of("images")), kernels);
        fill(plan.input("images"), 1);
        fill(plan.input("slopes"), 2);
        plan.run();
        plan.run();
        Map<String, INDArray> values = new LinkedHashMap<>();
        plan.outputs().forEach((name, array) -> values.put(name, array.dup('c')));
        weights.parameters().forEach(p -> values.put("grad/" + p.name(), p.gradient().dup('c')));
        values.remove("loss");          // a sum whose terms cancel says less than its terms
        return new Results(plan, values);
    }

    private static void fill(INDArray array, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[(int) array.length()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        array.assign(Nd4j.create(numbers, array.shape(), 'c'));
    }
}
