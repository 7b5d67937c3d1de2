package dev.selfsup.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.RunningStatistics;
import dev.selfsup.engine.op.StraightThrough;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GraphTest {
    private final Weights weights = new Weights(7);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private Plan plan(Map<String, SDVariable> outputs) {
        return Plan.of(graph, Plan.Wanted.values(outputs), Kernels.PLAIN);
    }

    private Plan differentiate(SDVariable loss, String... inputs) {
        return Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of(inputs)), Kernels.PLAIN);
    }

    private Layer linear(Graph place, long in, long out) {
        SDVariable weight = place.weight("weight", LayerType.LINEAR, Fill.uniform(1), out, in);
        return x -> place.apply(new Linear(), x, weight);
    }

    @Test
    void applyingALayerTwiceSharesItsWeights() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3);
        Layer layer = linear(graph.in("fc"), 3, 3);
        Plan plan = differentiate(layer.then(layer).apply(x).sum());
        assertEquals(List.of("fc.weight"), List.copyOf(weights.state().keySet()));
        plan.input("x").assign(Nd4j.createFromArray(new float[][] {{1, 2, 3}, {-1, 0, 1}}));
        plan.run();
        INDArray w = weights.array("fc.weight");
        INDArray input = plan.input("x");
        INDArray ones = Nd4j.ones(DataType.FLOAT, 2, 3);
        INDArray hidden = input.mmul(w.transpose());
        INDArray expected = ones.transpose().mmul(hidden).add(ones.mmul(w).transpose().mmul(input));
        OperationNumbersTest.compare("gradient", expected, weights.parameters().get(0).gradient(), 1e-5);
    }

    @Test
    void aSettingIsReadInEveryRunAndIsNoState() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2);
        SDVariable factor = graph.in("head").setting("factor", 0.5);
        Plan plan = differentiate(x.mul(factor).sum(), "x");
        plan.input("x").assign(3);
        plan.run();
        assertEquals(3, plan.output("loss").getDouble(0));
        weights.setting("head.factor").orElseThrow().assign(2);
        plan.run();
        assertEquals(12, plan.output("loss").getDouble(0));
        assertEquals(2, plan.output("grad_input/x").getDouble(0));
        assertTrue(weights.state().isEmpty());
        assertTrue(weights.setting("factor").isEmpty());
    }

    @Test
    void buildingALayerInTwoPlacesDoesNotShare() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3);
        SDVariable y = linear(graph.in("a"), 3, 3).apply(x).add(linear(graph.in("b"), 3, 3).apply(x));
        plan(Map.of("y", y));
        assertEquals(List.of("a.weight", "b.weight"), List.copyOf(weights.state().keySet()));
        assertTrue(!weights.array("a.weight").equals(weights.array("b.weight")));
    }

    @Test
    void aGradientThatTwoWeightsHaveInCommonReachesBoth() {
        Graph a = graph.in("a");
        SDVariable sum = a.weight("weight", LayerType.NONE, Fill.ONES, 4).add(graph.in("b").weight("weight", LayerType.NONE, Fill.ONES, 4));
        SDVariable x = graph.input("x", DataType.FLOAT, 4);
        Plan plan = differentiate(sum.mul(x).sum());
        plan.input("x").assign(Nd4j.createFromArray(1f, 2f, 3f, 4f));
        plan.run();
        for (Parameter parameter : weights.parameters()) {
            assertArrayEquals(new float[] {1, 2, 3, 4}, parameter.gradient().toFloatVector(), parameter.name());
        }
    }

    @Test
    void frozenWeightsGetNoGradient() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3);
        SDVariable y = linear(graph.in("a").frozen(), 3, 4).then(linear(graph.in("b"), 4, 2)).apply(x);
        assertEquals(List.of("b.weight"), differentiate(y.sum()).trained());
        assertEquals(1, weights.parameters().size());
    }

    private SDVariable normalized(Graph place, SDVariable x) {
        List<SDVariable> y = place.applyAll(new BatchNorm(1e-5), x);
        List<SDVariable> state = place.applyAll(new RunningStatistics(0.1, 4), place.buffer("running_mean", DataType.FLOAT, Fill.ZEROS, 2),
                place.buffer("running_var", DataType.FLOAT, Fill.ONES, 2), place.buffer("num_batches_tracked", DataType.INT64, Fill.ZEROS),
                y.get(1), y.get(2));
        place.assign("running_mean", state.get(0));
        place.assign("running_var", state.get(1));
        place.assign("num_batches_tracked", state.get(2));
        return y.get(0);
    }

    @Test
    void runningStatisticsAreUpdatedOnceAnApplication() {
        Graph place = graph.in("bn");
        SDVariable first = graph.input("first", DataType.FLOAT, 4, 2);
        SDVariable second = graph.input("second", DataType.FLOAT, 4, 2);
        Plan plan = plan(Map.of("y", normalized(place, first).add(normalized(place, second))));
        plan.input("first").assign(Nd4j.createFromArray(new float[][] {{1, 0}, {3, 0}, {1, 0}, {3, 4}}));
        plan.input("second").assign(Nd4j.createFromArray(new float[][] {{5, 1}, {5, 1}, {5, 1}, {5, 1}}));
        plan.run();
        assertArrayEquals(new float[] {0.9f * 0.2f + 0.5f, 0.9f * 0.1f + 0.1f}, weights.array("bn.running_mean").toFloatVector(), 1e-6f);
        float[] variance = {0.9f * (0.9f + 0.1f * 4 / 3), 0.9f * (0.9f + 0.1f * 4)};
        assertArrayEquals(variance, weights.array("bn.running_var").toFloatVector(), 1e-6f);
        assertEquals(2, weights.array("bn.num_batches_tracked").getLong(0));
        plan.run();
        assertEquals(4, weights.array("bn.num_batches_tracked").getLong(0));
    }

    @Test
    void anAssignedBufferIsSeenByLaterReadsAndOneAssignedAfterIsNot() {
        SDVariable now = graph.buffer("now", DataType.FLOAT, Fill.ONES, 3);
        graph.assign("now", now.add(1));
        SDVariable after = graph.buffer("after", DataType.FLOAT, Fill.ONES, 3);
        graph.assignAfter("after", after.mul(10));
        SDVariable y = graph.buffer("now", DataType.FLOAT, Fill.ONES, 3).add(graph.buffer("after", DataType.FLOAT, Fill.ONES, 3));
        Plan plan = plan(Map.of("y", y));
        plan.run();
        assertEquals(3, plan.output("y").getFloat(0));
        assertEquals(2, weights.array("now").getFloat(0));
        assertEquals(10, weights.array("after").getFloat(0));
        plan.run();
        assertEquals(13, plan.output("y").getFloat(0));
        assertEquals(100, weights.array("after").getFloat(2));
    }

    @Test
    void whatHappensBeforeIsSeenByTheRun() {
        SDVariable weight = graph.in("a").weight("weight", LayerType.NONE, Fill.ONES, 2);
        graph.before(() -> weights.array("a.weight").addi(1));
        Plan plan = plan(Map.of("y", weight.mul(2)));
        plan.run();
        plan.run();
        assertEquals(6, plan.output("y").getFloat(1));
    }

    @Test
    void aWeightBroughtToLengthOneGetsTheGradientOfItsNewValue() {
        SDVariable x = graph.input("x", DataType.FLOAT, 1, 2);
        SDVariable weight = graph.weight("weight", LayerType.NONE, Fill.ONES, 1, 2);
        SDVariable unit = graph.apply(new StraightThrough(), graph.applyAll(new Normalize(1e-12), weight).get(0), weight);
        graph.assign("weight", unit);
        Plan plan = differentiate(unit.mul(unit).mul(x).sum());
        plan.input("x").assign(Nd4j.createFromArray(new float[][] {{3, 5}}));
        plan.run();
        float length = (float) Math.sqrt(0.5);
        assertArrayEquals(new float[] {length, length}, weights.array("weight").toFloatVector(), 1e-6f);
        assertArrayEquals(new float[] {6 * length, 10 * length}, weights.gradient().toFloatVector(), 1e-5f);
    }

    @Test
    void aBufferMadeElsewhereIsFound() {
        assertTrue(graph.in("loss").given("queue").isEmpty());
        new Graph(weights, true, Collectives.SINGLE).buffer("loss.queue", DataType.FLOAT, Fill.ONES, 2);
        SDVariable queue = graph.in("loss").given("queue").orElseThrow();
        graph.in("loss").assignAfter("queue", queue.mul(3));
        Plan plan = plan(Map.of("y", queue.add(1)));
        plan.run();
        assertEquals(2, plan.output("y").getFloat(1));
        assertEquals(3, weights.array("loss.queue").getFloat(1));
    }

    @Test
    void drawsAreNumberedByKindInOrder() {
        SDVariable a = graph.draw(Draw.uniform(), 2, 3);
        SDVariable mask = graph.draw(Draw.dropoutKeepMask(0.5), 2, 3);
        SDVariable b = graph.draw(Draw.uniform(), 2, 3);
        assertEquals(List.of("rand/rand#0", "rand/dropout_keep_mask#0", "rand/rand#1"),
                graph.draws().stream().map(Draw::name).toList());
        Plan plan = plan(Map.of("y", a.mul(mask).sub(b)));
        plan.input("rand/rand#0").assign(5);
        plan.input("rand/dropout_keep_mask#0").assign(1);
        plan.input("rand/rand#1").assign(2);
        plan.run();
        assertEquals(3, plan.output("y").getFloat(1, 2));
    }

    @Test
    void callsAreTappedByPathAndNumber() {
        Layer body = graph.in("head").module(x -> x.mul(2));
        SDVariable x = graph.input("x", DataType.FLOAT, 2);
        body.apply(body.apply(x));
        assertEquals(List.of("head#0.in", "head#0.out", "head#1.in", "head#1.out"), List.copyOf(graph.taps().keySet()));
    }

    @Test
    void anOperationThatIsNotAllowedIsRefusedWithItsNameAndModule() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3);
        SDVariable y = graph.in("neck").in("fc").module(v -> v.getSameDiff().nn().gelu(v)).apply(x);
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> plan(Map.of("y", y)));
        assertTrue(refusal.getMessage().startsWith("operation gelu in module 'neck.fc' is not among the operations"), refusal.getMessage());
    }

    @Test
    void sidesThatDoNotFitEachOtherAreRefusedWithTheirShapesAndModule() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3, 4);
        SDVariable y = graph.input("y", DataType.FLOAT, 2, 6, 2);
        Graph loss = graph.in("head").in("loss");
        SDVariable difference = loss.call(List.of(x, y), in -> List.of(in.get(0).sub(in.get(1)))).get(0);
        String message = "module 'head.loss': subtract of [2, 3, 4] and [2, 6, 2], which do not fit each other";
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> differentiate(difference.sum(), "x")).getMessage());
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> graph.shape(difference)).getMessage());
    }

    @Test
    void sidesThatDoNotFitAreToldWithinTheModuleThatAsksForTheirShape() {
        SDVariable x = graph.input("x", DataType.FLOAT, 2, 3);
        Layer doubled = graph.in("neck").in("fc").module(v -> v.mul(2));
        Layer outer = graph.in("neck").module(v -> doubled.apply(v.add(graph.constant(new float[2], 2))));
        Layer inner = graph.in("head").module(v -> v.reshape(graph.shape(v.mul(graph.constant(new float[4], 4)))));
        assertEquals("module 'head': multiply of [2, 3] and [4], which do not fit each other", assertThrows(IllegalArgumentException.class, () -> inner.apply(x)).getMessage());
        SDVariable y = outer.apply(x);
        assertEquals("module 'neck': add of [2, 3] and [2], which do not fit each other", assertThrows(IllegalArgumentException.class, () -> graph.shape(y)).getMessage());
    }

    @Test
    void matricesThatDoNotFitEachOtherAreRefusedWithTheirShapes() {
        SDVariable product = graph.matmul(graph.input("x", DataType.FLOAT, 2, 3), graph.input("y", DataType.FLOAT, 4, 5), false, false);
        String message = assertThrows(IllegalArgumentException.class, () -> graph.shape(product)).getMessage();
        assertTrue(message.startsWith("matmul of [[2, 3], [4, 5]]: "), message);
    }

    @Test
    void equalInputsGiveEqualBits() {
        SDVariable x = graph.input("x", DataType.FLOAT, 32, 64);
        SDVariable y = linear(graph.in("a"), 64, 128).then(v -> graph.applyAll(new BatchNorm(1e-5), v).get(0))
                .then(linear(graph.in("b"), 128, 16)).apply(x);
        for (Kernels kernels : List.of(Kernels.PLAIN, Kernels.fastest())) {
            Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("y", y, "loss", y.mul(y).sum()), "loss", List.of()), kernels);
            plan.input("x").assign(Nd4j.rand(DataType.FLOAT, 32, 64));
            plan.run();
            float[] first = plan.output("y").dup().data().asFloat();
            float[] gradient = weights.gradient().toFloatVector();
            plan.run();
            assertArrayEquals(first, plan.output("y").dup().data().asFloat(), kernels.toString());
            assertArrayEquals(gradient, weights.gradient().toFloatVector(), kernels.toString());
        }
    }

    @Test
    void firstValuesDependOnSeedAndNameAlone() {
        linear(graph.in("a"), 3, 2);
        linear(graph.in("b"), 3, 2);
        weights.allocate();
        Weights others = new Weights(7);
        linear(new Graph(others, false, Collectives.SINGLE).in("b"), 3, 2);
        others.allocate();
        assertEquals(weights.array("b.weight"), others.array("b.weight"));
    }
}
