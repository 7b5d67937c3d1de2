package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.op.ArgMax;
import dev.selfsup.engine.op.GatherProducts;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.engine.op.PutRows;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What memories are made of: rows taken from a table and put into it by places that are known when running. */
class RowsByPlaceTest {
    private final Weights weights = new Weights(3);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static Kernels kernels(String name) {
        return name.equals("plain") ? Kernels.PLAIN : Kernels.fastest();
    }

    private Plan plan(Map<String, SDVariable> outputs, String kernels) {
        return Plan.of(graph, Plan.Wanted.values(outputs), kernels(kernels));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void aTableIsChangedWhereItLiesAndOfTwoRowsForOnePlaceTheLastStays(String kernels) {
        SDVariable table = graph.buffer("table", DataType.FLOAT, Fill.ONES, 4, 2);
        SDVariable places = graph.input("places", DataType.INT64, 3);
        SDVariable old = graph.apply(new GatherRows(), table, places);
        graph.assignAfter("table", graph.apply(new PutRows(), table, places, graph.input("rows", DataType.FLOAT, 3, 2)));
        Plan plan = plan(Map.of("old", old), kernels);
        plan.input("places").assign(Nd4j.createFromArray(2L, 0L, 2L));
        plan.input("rows").assign(Nd4j.createFromArray(new float[][] {{5, 6}, {7, 8}, {9, 10}}));
        plan.run();
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, plan.output("old").dup().data().asFloat());
        assertArrayEquals(new float[] {7, 8, 1, 1, 9, 10, 1, 1}, weights.array("table").dup().data().asFloat());
        plan.run();
        assertArrayEquals(new float[] {9, 10, 7, 8, 9, 10}, plan.output("old").dup().data().asFloat());
        assertEquals(0, plan.counts().copies());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void aClassThatThereIsNotIsRefusedUnlessItStandsForNone(String kernels) {
        Plan plan = plan(Map.of("rows", graph.apply(new OneHot(3), graph.input("classes", DataType.INT64, 2))), kernels);
        plan.input("classes").assign(Nd4j.createFromArray(2L, -1L));
        plan.run();
        assertArrayEquals(new float[] {0, 0, 1, 0, 0, 0}, plan.output("rows").dup().data().asFloat());
        for (long wrong : new long[] {3, -2}) {
            plan.input("classes").assign(Nd4j.createFromArray(0L, wrong));
            assertEquals("label " + wrong + " is none of the 3 classes, which are 0 to 2: set num_classes, or num_embed where classes are visual words, of the head to as many as"
                    + " there are", assertThrows(IllegalArgumentException.class, plan::run).getMessage());
        }
        plan.input("classes").assign(Nd4j.createFromArray(0L, 1L));
        plan.run();
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, plan.output("rows").dup().data().asFloat());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void aTableThatIsReadAfterwardsIsCopiedFirst(String kernels) {
        SDVariable table = graph.input("table", DataType.FLOAT, 2, 2);
        SDVariable changed = graph.apply(new PutRows(), table, graph.input("places", DataType.INT64, 1), graph.input("rows", DataType.FLOAT, 1, 2));
        Plan plan = plan(Map.of("changed", changed, "before", table.mul(2)), kernels);
        plan.input("table").assign(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}));
        plan.input("places").assign(1);
        plan.input("rows").assign(9);
        plan.run();
        assertArrayEquals(new float[] {1, 2, 9, 9}, plan.output("changed").dup().data().asFloat());
        assertArrayEquals(new float[] {2, 4, 6, 8}, plan.output("before").dup().data().asFloat());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void wholeNumbersAreTakenAndPutToo(String kernels) {
        SDVariable table = graph.buffer("labels", DataType.INT64, Fill.ZEROS, 3);
        SDVariable places = graph.input("places", DataType.INT64, 2);
        SDVariable column = table.reshape(3, 1);
        SDVariable taken = graph.apply(new GatherRows(), column, places);
        graph.assignAfter("labels", graph.apply(new PutRows(), column, places, graph.input("new", DataType.INT64, 2).reshape(2, 1)));
        Plan plan = plan(Map.of("taken", taken), kernels);
        long large = (1L << 40) + 1;
        plan.input("places").assign(Nd4j.createFromArray(2L, 0L));
        plan.input("new").assign(Nd4j.createFromArray(large, 7L));
        plan.run();
        plan.run();
        assertArrayEquals(new long[] {large, 7}, plan.output("taken").dup().data().asLong());
        assertArrayEquals(new long[] {7, 0, large}, weights.array("labels").dup().data().asLong());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void aPlaceOutsideOfTheTableIsRefused(String kernels) {
        SDVariable table = graph.buffer("table", DataType.FLOAT, Fill.ONES, 2, 2);
        graph.assignAfter("table", graph.apply(new PutRows(), table, graph.input("places", DataType.INT64, 1), graph.input("rows", DataType.FLOAT, 1, 2)));
        Plan plan = plan(Map.of(), kernels);
        plan.input("places").assign(2);
        assertEquals("there is no row 2 in a table of 2", assertThrows(IllegalArgumentException.class, plan::run).getMessage());
        plan.input("places").assign(-1);
        assertEquals("there is no row -1 in a table of 2", assertThrows(IllegalArgumentException.class, plan::run).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void productsWithRowsByPlaceAreThoseOfLoopsGradientsToo(String kernels) {
        int n = 5;
        int k = 7;
        int columns = 3;
        SDVariable x = graph.input("x", DataType.FLOAT, n, columns);
        SDVariable y = graph.apply(new GatherProducts(), x, graph.input("table", DataType.FLOAT, 11, columns), graph.input("places", DataType.INT64, n * k));
        SDVariable sum = y.mul(graph.input("g", DataType.FLOAT, n, k)).sum();
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("y", y, "sum", sum), "sum", List.of("x")), kernels(kernels));
        Random random = new Random(1);
        for (String name : List.of("x", "table", "g")) {
            fill(plan.input(name), random);
        }
        for (int i = 0; i < n * k; i++) {
            plan.input("places").putScalar(i, random.nextInt(11));
        }
        plan.run();
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < columns; c++) {
                double gradient = 0;
                for (int j = 0; j < k; j++) {
                    gradient += plan.input("g").getDouble(i, j) * plan.input("table").getDouble(plan.input("places").getLong(i * k + j), c);
                }
                assertEquals(gradient, plan.output("grad_input/x").getDouble(i, c), 1e-5);
            }
            for (int j = 0; j < k; j++) {
                double product = 0;
                for (int c = 0; c < columns; c++) {
                    product += plan.input("x").getDouble(i, c) * plan.input("table").getDouble(plan.input("places").getLong(i * k + j), c);
                }
                assertEquals(product, plan.output("y").getDouble(i, j), 1e-5);
            }
        }
    }

    private static void fill(INDArray array, Random random) {
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void ofEqualElementsTheFirstIsTheLargest(String kernels) {
        SDVariable x = graph.input("x", DataType.FLOAT, 3, 4);
        Plan plan = plan(Map.of("y", graph.apply(new ArgMax(), x)), kernels);
        plan.input("x").assign(Nd4j.createFromArray(new float[][] {{1, 3, 3, 2}, {-4, -5, -6, -4}, {0, 0, 0, 0}}));
        plan.run();
        assertArrayEquals(new long[] {1, 0, 0}, plan.output("y").dup().data().asLong());
    }
}
