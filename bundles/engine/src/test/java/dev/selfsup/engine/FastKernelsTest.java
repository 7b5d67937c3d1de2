package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.engine.onednn.OneDnnKernels;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.Attention;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.Convolution;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.engine.op.Softmax;
import dev.selfsup.engine.op.TokenRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Fast kernels compute what plain ones do, values and gradients, on shapes that nobody chose. */
class FastKernelsTest {
    private static final int ROUNDS = 6;

    private final OneDnnKernels fast = new OneDnnKernels();
    private final Set<String> used = new TreeSet<>();

    /** The fast kernels, with a note of which were there. */
    private final Kernels noting = new Kernels() {
        @Override
        public Optional<Kernel> kernel(Operation operation, INDArray[] in, INDArray[] out) {
            return note(operation.name(), fast.kernel(operation, in, out));
        }

        @Override
        public Optional<Kernel> kernel(DynamicCustomOp operation, INDArray[] in, INDArray[] out) {
            return note(operation.opName(), fast.kernel(operation, in, out));
        }

        private Optional<Kernel> note(String name, Optional<Kernel> kernel) {
            kernel.ifPresent(k -> used.add(name));
            return kernel;
        }
    };

    private interface Body {
        SDVariable apply(Graph graph, SDVariable[] in);
    }

    @Test
    void fastKernelsComputeWhatPlainOnesDo() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            long n = 1 + random.nextInt(5);
            long c = 1 + random.nextInt(40);
            long h = 3 + random.nextInt(12);
            long w = 3 + random.nextInt(12);
            convolutions(random, n, h, w);
            images(random, n, c, h, w);
            rows(random, n * h, c);
            products(random, n, c, h, w);
            sequences(random, n, h, w);
        }
        assertEquals(Set.of("convolution", "convolution_dx", "convolution_dw", "linear", "linear_dx", "linear_dw", "channel_sum",
                "batch_norm", "batch_norm_bp", "batch_norm_inference", "batch_norm_inference_bp", "layer_norm", "layer_norm_bp", "relu",
                "relu_bp", "gelu", "gelu_bp", "softmax", "softmax_bp", "log_softmax", "log_softmax_bp", "max_pool", "max_pool_bp",
                "average_pool", "average_pool_bp", "global_average_pool", "global_average_pool_bp", "matmul", "permute", "add",
                "attention", "attention_bp", "prepend_token", "token_range", "token_range_bp", "add_positions", "batch_sum", "gather_rows",
                "gather_rows_bp", "move_rows"), used);
    }

    @Test
    void logarithmsOfSoftmaxErrByNoMoreThanTheirRounding() {
        float[] numbers = new float[50 * 17];
        fill(numbers, new Random(1));
        INDArray fast = run((g, x) -> g.apply(new LogSoftmax(), x), List.of(Nd4j.create(numbers, new long[] {50, 17}, 'c')), noting).get("out");
        for (int r = 0; r < 50; r++) {
            double sum = 0;
            for (int k = 0; k < 17; k++) {
                sum += Math.exp(numbers[r * 17 + k]);
            }
            for (int k = 0; k < 17; k++) {
                assertEquals(numbers[r * 17 + k] - Math.log(sum), fast.getDouble(r, k), 6e-7, r + ", " + k);
            }
        }
    }

    @Test
    void logarithmsOfSoftmaxAreFiniteForScoresFarApart() {
        INDArray scores = Nd4j.createFromArray(new float[][] {{300, -100, 0}, {-500, -500, -1000}});
        for (Kernels kernels : new Kernels[] {Kernels.PLAIN, noting}) {
            INDArray got = run((g, x) -> g.apply(new LogSoftmax(), x), List.of(scores), kernels).get("out");
            float half = (float) -Math.log(2);
            assertEquals(Nd4j.createFromArray(new float[][] {{0, -400, -300}, {half, half, half - 500}}), got);
        }
    }

    private void convolutions(Random random, long n, long h, long w) {
        int groups = 1 + random.nextInt(3);
        int kernel = 1 + random.nextInt(3);
        Convolution of = new Convolution(1 + random.nextInt(2), 1 + random.nextInt(2), random.nextInt(2), random.nextInt(2), 1, 1,
                groups);
        long in = groups * (1L + random.nextInt(9));
        long out = groups * (1L + random.nextInt(9));
        compare(random, (g, x) -> g.apply(of, x), new long[] {n, in, h, w}, new long[] {out, in / groups, kernel, kernel});
        compare(random, (g, x) -> g.apply(of, x), new long[] {n, in, h, w}, new long[] {out, in / groups, kernel, kernel},
                new long[] {out});
    }

    private void images(Random random, long n, long c, long h, long w) {
        long[] shape = {n, c, h, w};
        long[] channels = {c};
        compare(random, (g, x) -> g.apply(new BatchNorm(1e-5), x), shape, channels, channels);
        compare(random, (g, x) -> g.apply(new BatchNorm(1e-5), x), shape);
        compare(random, (g, x) -> g.apply(new BatchNormInference(1e-5), x[0], x[1], x[2].mul(x[2]).add(0.3), x[3], x[4]), shape,
                channels, channels, channels, channels);
        compare(random, (g, x) -> g.apply(new MaxPool(3, 2, 1, random.nextBoolean()), x), shape);
        compare(random, (g, x) -> g.apply(new AveragePool(2, 2, 0, false, random.nextBoolean()), x), shape);
        compare(random, (g, x) -> g.apply(new GlobalAveragePool(), x), shape);
        compare(random, (g, x) -> g.apply(new Relu(), x), shape);
    }

    private void rows(Random random, long r, long c) {
        long[] shape = {r, c};
        long[] vector = {c};
        compare(random, (g, x) -> g.apply(new LayerNorm(1e-6), x), new long[] {r, c + 2}, new long[] {c + 2}, new long[] {c + 2});
        compare(random, (g, x) -> g.apply(new BatchNorm(1e-5), x), shape, vector, vector);
        compare(random, (g, x) -> g.apply(new Gelu(), x), shape);
        compare(random, (g, x) -> g.apply(new Softmax(), x), shape);
        compare(random, (g, x) -> g.apply(new LogSoftmax(), x), shape);
        compare(random, (g, x) -> g.apply(new Linear(), x), shape, new long[] {7, c}, new long[] {7});
    }

    private void products(Random random, long n, long c, long h, long w) {
        compare(random, (g, x) -> x[0].permute(0, 2, 1, 3), new long[] {n, c, h, w});
        compare(random, (g, x) -> x[0].getSameDiff().mmul(x[0], x[1], false, true, false), new long[] {n, h, c}, new long[] {n, w, c});
    }

    private void sequences(Random random, long n, long length, long width) {
        int heads = 1 + random.nextInt(4);
        Attention attention = new Attention(heads, (int) length, 0.3);
        long[] packed = {n * length, 3 * heads * width};
        compare(random, (g, x) -> g.applyAll(attention, x).get(0), packed);
        compare(random, (g, x) -> g.applyAll(attention, x).get(0), packed, new long[] {heads, length, length});
        long groups = n % 2 == 0 ? 2 : n;
        compare(random, (g, x) -> g.applyAll(attention, x).get(0), packed, new long[] {groups, heads, length, length});
        long[] tokens = {n, length, width};
        long[] token = {1, 1, width};
        long[] positions = {1, length + 1, width};
        compare(random, (g, x) -> g.apply(new TokenRange(1, length), g.apply(new AddPositions(), g.apply(new PrependToken(), x[0], x[1]), x[2])), tokens,
                token, positions);
        MoveRows moved = new MoveRows(new int[] {1, -1, 2, 3, -1, -1}, 4);
        compare(random, (g, x) -> g.apply(moved, x), new long[] {n * 4, width});
        compare(random, (g, x) -> g.apply(moved.back(), x), new long[] {n * 6, width});
        long[] places = random.longs(2 * n, 0, n).toArray();
        compare(random, (g, x) -> g.apply(new GatherRows(), x[0].add(x[1]), g.constant(Nd4j.createFromArray(places))), new long[] {n, width},
                new long[] {n, width});
    }

    private void compare(Random random, Body body, long[]... shapes) {
        List<INDArray> values = new ArrayList<>();
        for (long[] shape : shapes) {
            float[] numbers = new float[(int) Nd4j.zeros(DataType.FLOAT, shape).length()];
            fill(numbers, random);
            values.add(Nd4j.create(numbers, shape, 'c'));
        }
        long choice = random.nextLong();
        random.setSeed(choice);
        Map<String, INDArray> plain = run(body, values, Kernels.PLAIN);
        random.setSeed(choice);
        run(body, values, noting).forEach((name, array) -> OperationNumbersTest.compare(name, plain.get(name), array, 2e-5));
    }

    private static void fill(float[] numbers, Random random) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
    }

    private static Map<String, INDArray> run(Body body, List<INDArray> values, Kernels kernels) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable[] in = new SDVariable[values.size()];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < in.length; i++) {
            names.add("in" + i);
            in[i] = graph.input("in" + i, DataType.FLOAT, values.get(i).shape());
        }
        SDVariable out = body.apply(graph, in);
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        outputs.put("out", out);
        SDVariable weight = graph.input("weight", DataType.FLOAT, graph.shape(out));
        outputs.put("loss", out.mul(weight).sum());
        Plan plan = Plan.of(graph, new Plan.Wanted(outputs, "loss", names), kernels);
        for (int i = 0; i < in.length; i++) {
            plan.input("in" + i).assign(values.get(i));
        }
        float[] slopes = new float[(int) plan.input("weight").length()];
        fill(slopes, new Random(slopes.length));
        plan.input("weight").assign(Nd4j.create(slopes, plan.input("weight").shape(), 'c'));
        plan.run();
        Map<String, INDArray> results = new LinkedHashMap<>();
        plan.outputs().forEach((name, array) -> results.put(name, array.dup('c')));
        results.remove("loss");     // a sum whose terms cancel says less than its terms, which are there as "out"
        return results;
    }
}
