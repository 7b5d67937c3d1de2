package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.onednn.OneDnnKernels;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.Attention;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.MaskedPlaces;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.RandomMasking;
import dev.selfsup.engine.op.TokenRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Operations of transformers are what their formulas say, by naive computation and by finite differences. */
class TransformerOperationsTest {
    private static final int BATCH = 3;
    private static final int LENGTH = 5;
    private static final int HEADS = 2;
    private static final int WIDTH = 4;
    private static final double SCALE = 0.6;

    private final Random random = new Random(7);

    static Stream<Kernels> kernels() {
        return Stream.of(Kernels.PLAIN, new OneDnnKernels());
    }

    private interface Body {
        SDVariable apply(Graph graph, SDVariable[] in);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void attentionIsTheWeightedMeanOfTheValues(Kernels kernels) {
        double[] packed = normal(BATCH * LENGTH * 3 * HEADS * WIDTH);
        double[] bias = normal(HEADS * LENGTH * LENGTH);
        double[] without = run(DataType.FLOAT, kernels, false, this::attention, shapes(false), packed).get("out");
        assertArrayEquals(naive(packed, new double[bias.length]), without, 1e-5);
        double[] with = run(DataType.FLOAT, kernels, false, this::attention, shapes(true), packed, bias).get("out");
        assertArrayEquals(naive(packed, bias), with, 1e-5);
        double[] own = normal(BATCH * bias.length);
        double[] withOwn = run(DataType.FLOAT, kernels, false, this::attention, ownBiases(), packed, own).get("out");
        assertArrayEquals(naive(packed, own), withOwn, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void gradientsOfAttentionAreItsFiniteDifferences(Kernels kernels) {
        double[] packed = normal(BATCH * LENGTH * 3 * HEADS * WIDTH);
        double[] bias = normal(HEADS * LENGTH * LENGTH);
        differences(kernels, this::attention, shapes(false), packed);
        differences(kernels, this::attention, shapes(true), packed, bias);
        differences(kernels, this::attention, ownBiases(), packed, normal(BATCH * bias.length));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void rowsAreMovedInEachBlockAndTheirGradientsBack(Kernels kernels) {
        MoveRows moved = new MoveRows(new int[] {2, -1, 0, 1}, 4);
        double[] x = normal(2 * 4 * 3);
        double[] out = run(DataType.FLOAT, kernels, false, (graph, in) -> graph.apply(moved, in), List.of(new long[] {8, 3}), x).get("out");
        assertArrayEquals(IntStream.of(2, -1, 0, 1, 6, -1, 4, 5).boxed()
                .flatMapToDouble(row -> row < 0 ? Arrays.stream(new double[3]) : Arrays.stream(x, row * 3, row * 3 + 3)).toArray(), out, 1e-6);
        differences(kernels, (graph, in) -> graph.apply(moved, in), List.of(new long[] {8, 3}), x);
    }

    @Test
    void aRowThatIsNotThereOrTakenTwiceIsRefused() {
        assertEquals("row 1 of 2 is not there or taken twice",
                assertThrows(IllegalArgumentException.class, () -> new MoveRows(new int[] {1, 0, 1}, 2)).getMessage());
        assertEquals("row 2 of 2 is not there or taken twice",
                assertThrows(IllegalArgumentException.class, () -> new MoveRows(new int[] {2}, 2)).getMessage());
    }

    @Test
    void attentionOfSequencesThatDoNotFitTheCacheTogetherIsThatOfEach() {
        long[] shape = {2 * 300, 3 * HEADS * WIDTH};
        double[] packed = normal((int) (shape[0] * shape[1]));
        Body body = (graph, in) -> graph.applyAll(new Attention(HEADS, 300, SCALE), in).get(0);
        Map<String, double[]> fast = run(DataType.FLOAT, new OneDnnKernels(), true, body, List.of(shape), packed);
        Map<String, double[]> plain = run(DataType.FLOAT, Kernels.PLAIN, true, body, List.of(shape), packed);
        plain.forEach((name, values) -> assertArrayEquals(values, fast.get(name), 1e-5 * largest(values), name));
    }

    private SDVariable attention(Graph graph, SDVariable... in) {
        return graph.applyAll(new Attention(HEADS, LENGTH, SCALE), in).get(0);
    }

    private static List<long[]> shapes(boolean biased) {
        List<long[]> shapes = new ArrayList<>(List.of(new long[] {BATCH * LENGTH, 3 * HEADS * WIDTH}));
        if (biased) {
            shapes.add(new long[] {HEADS, LENGTH, LENGTH});
        }
        return shapes;
    }

    /** Every sequence with a bias of its own. */
    private static List<long[]> ownBiases() {
        return List.of(new long[] {BATCH * LENGTH, 3 * HEADS * WIDTH}, new long[] {BATCH, HEADS, LENGTH, LENGTH});
    }

    private static double[] naive(double[] packed, double[] bias) {
        double[] result = new double[BATCH * LENGTH * HEADS * WIDTH];
        for (int b = 0; b < BATCH; b++) {
            for (int h = 0; h < HEADS; h++) {
                for (int i = 0; i < LENGTH; i++) {
                    double[] weights = weights(packed, bias, b, h, i);
                    for (int d = 0; d < WIDTH; d++) {
                        for (int j = 0; j < LENGTH; j++) {
                            result[(b * LENGTH + i) * HEADS * WIDTH + h * WIDTH + d] += weights[j] * part(packed, 2, b, h, j, d);
                        }
                    }
                }
            }
        }
        return result;
    }

    private static double[] weights(double[] packed, double[] bias, int b, int h, int i) {
        double[] weights = new double[LENGTH];
        for (int j = 0; j < LENGTH; j++) {
            double product = 0;
            for (int d = 0; d < WIDTH; d++) {
                product += part(packed, 0, b, h, i, d) * part(packed, 1, b, h, j, d);
            }
            weights[j] = Math.exp(SCALE * product + bias[(b * HEADS * LENGTH * LENGTH + (h * LENGTH + i) * LENGTH + j) % bias.length]);
        }
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    private static double part(double[] packed, int third, int b, int h, int token, int d) {
        return packed[((b * LENGTH + token) * 3 + third) * HEADS * WIDTH + h * WIDTH + d];
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void gradientsOfRowsAreSummedWhereTheyAreTakenSeveralTimes(Kernels kernels) {
        Body body = (graph, in) -> graph.apply(new GatherRows(), in[0], graph.constant(Nd4j.createFromArray(4L, 0L, 4L, 2L).reshape(2, 2)));
        double[] x = normal(5 * 3);
        double[] out = run(DataType.FLOAT, kernels, false, body, List.of(new long[] {5, 3}), x).get("out");
        assertArrayEquals(IntStream.of(4, 0, 4, 2).boxed().flatMapToDouble(row -> Arrays.stream(x, row * 3, row * 3 + 3)).toArray(), out, 1e-6);
        differences(kernels, body, List.of(new long[] {5, 3}), x);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void sequencesArePutTogetherCutAndPlaced(Kernels kernels) {
        List<long[]> shapes = List.of(new long[] {3, 2, 4}, new long[] {1, 1, 4}, new long[] {1, 3, 4});
        Body placed = (graph, in) -> graph.apply(new AddPositions(), graph.apply(new PrependToken(), in[0], in[1]), in[2]);
        double[] tokens = normal(24);
        double[] first = normal(4);
        double[] positions = normal(12);
        double[] expected = new double[36];
        for (int i = 0; i < expected.length; i++) {
            int token = i / 4 % 3;
            expected[i] = positions[i % 12] + (token == 0 ? first[i % 4] : tokens[i / 12 * 8 + (token - 1) * 4 + i % 4]);
        }
        assertArrayEquals(expected, run(DataType.FLOAT, kernels, false, placed, shapes, tokens, first, positions).get("out"), 1e-6);
        differences(kernels, placed, shapes, tokens, first, positions);
        Body cut = (graph, in) -> graph.apply(new TokenRange(1, 2), placed.apply(graph, in));
        double[] middle = IntStream.range(0, 12).mapToDouble(i -> expected[i / 4 * 12 + 4 + i % 4]).toArray();
        assertArrayEquals(middle, run(DataType.FLOAT, kernels, false, cut, shapes, tokens, first, positions).get("out"), 1e-6);
        Body last = (graph, in) -> graph.apply(new TokenRange(0, 2), in[0]);
        differences(kernels, last, List.of(new long[] {2, 3, 4}), normal(24));
        differences(kernels, (graph, in) -> graph.apply(new TokenRange(1, 2), in[0]), List.of(new long[] {2, 3, 4}), normal(24));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aValueThatIsComputedAgainForTheBackwardPassGivesTheSameGradients(Kernels kernels) {
        Body body = (graph, in) -> graph.apply(new Linear(), graph.apply(new Gelu(), in[0]).reshape(2, 2, 3).reshape(4, 3), in[1], in[2]);
        List<long[]> shapes = List.of(new long[] {4, 3}, new long[] {2, 3}, new long[] {2});
        differences(kernels, body, shapes, normal(12), normal(6), normal(2));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void ofEverySequenceThePatchesWithTheLeastNoiseStayVisible(Kernels kernels) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable noise = graph.input("noise", DataType.FLOAT, 2, 4);
        List<SDVariable> choice = graph.applyAll(new RandomMasking(2), noise);
        SDVariable places = graph.apply(new MaskedPlaces(2), choice.get(0));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("restore", choice.get(0), "mask", choice.get(1), "seen", choice.get(2), "rows",
                choice.get(3), "places", places)), kernels);
        plan.input("noise").assign(Nd4j.createFromArray(new float[][] {{0.5f, 0.2f, 0.9f, 0f}, {0.1f, 0.1f, 0.05f, 0.7f}}));
        plan.run();
        assertArrayEquals(new long[] {2, 1, 3, 0, 1, 2, 0, 3}, plan.output("restore").dup().data().asLong());
        assertArrayEquals(new float[] {1, 0, 1, 0, 0, 1, 0, 1}, plan.output("mask").dup().data().asFloat());
        assertArrayEquals(new long[] {3, 1, 2, 0}, plan.output("seen").dup().data().asLong());
        assertArrayEquals(new long[] {3, 1, 6, 4}, plan.output("rows").dup().data().asLong());
        assertArrayEquals(new long[] {0, 6, 2, 6, 1, 3, 5, 6, 4, 6}, plan.output("places").dup().data().asLong());
    }

    @Test
    void packedArraysThatDoNotFitTheHeadsAreRefused() {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable out = graph.applyAll(new Attention(2, 4, 1), graph.input("x", DataType.FLOAT, 8, 15)).get(0);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> graph.shape(out));
        assertEquals("attention in 2 heads over sequences of 4 tokens takes [B * 4, 3 * 2 * D], not [8, 15]", e.getMessage());
    }

    /** Compares the gradients of float32 kernels with central differences of the plain kernels in double precision. */
    private void differences(Kernels kernels, Body body, List<long[]> shapes, double[]... values) {
        Map<String, double[]> gradients = run(DataType.FLOAT, kernels, true, body, shapes, values);
        double step = 1e-4;
        for (int i = 0; i < values.length; i++) {
            double[] expected = new double[values[i].length];
            for (int j = 0; j < expected.length; j++) {
                double value = values[i][j];
                values[i][j] = value + step;
                double above = run(DataType.DOUBLE, Kernels.PLAIN, false, body, shapes, values).get("loss")[0];
                values[i][j] = value - step;
                double below = run(DataType.DOUBLE, Kernels.PLAIN, false, body, shapes, values).get("loss")[0];
                values[i][j] = value;
                expected[j] = (above - below) / (2 * step);
            }
            assertTrue(largest(expected) > 0);
            assertArrayEquals(expected, gradients.get("grad_input/in" + i), 1e-5 * largest(expected), "gradient of input " + i);
        }
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private double[] normal(int length) {
        return random.doubles(length).map(x -> 2 * x - 1).toArray();
    }

    private static Map<String, double[]> run(DataType precision, Kernels kernels, boolean differentiate, Body body, List<long[]> shapes,
            double[]... values) {
        Graph graph = new Graph(new Weights(0, precision), true, Collectives.SINGLE);
        SDVariable[] in = new SDVariable[values.length];
        List<String> names = IntStream.range(0, in.length).mapToObj(i -> "in" + i).toList();
        for (int i = 0; i < in.length; i++) {
            in[i] = graph.input(names.get(i), DataType.FLOAT, shapes.get(i));
        }
        SDVariable out = body.apply(graph, in);
        Map<String, SDVariable> outputs = new LinkedHashMap<>(Map.of("out", out));
        long length = Arrays.stream(graph.shape(out)).reduce(1, (a, b) -> a * b);
        float[] slopes = new float[(int) length];
        IntStream.range(0, slopes.length).forEach(i -> slopes[i] = i * 7919 % 100 / 50f - 1);
        outputs.put("loss", out.mul(graph.constant(slopes, graph.shape(out))).sum());
        Plan plan = Plan.of(graph, new Plan.Wanted(outputs, differentiate ? "loss" : "", differentiate ? names : List.of()), kernels);
        for (int i = 0; i < in.length; i++) {
            plan.input(names.get(i)).assign(Nd4j.createFromArray(values[i]).reshape(shapes.get(i)));
        }
        plan.run();
        Map<String, double[]> results = new LinkedHashMap<>();
        plan.outputs().forEach((name, array) -> results.put(name, array.dup('c').data().asDouble()));
        return results;
    }
}
