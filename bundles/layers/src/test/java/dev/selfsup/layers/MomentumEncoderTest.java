package dev.selfsup.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostUpdates;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.PlainUpdates;
import dev.selfsup.engine.Twins;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.layers.MovingAverage.CosineEMA;
import dev.selfsup.layers.MovingAverage.ExponentialMovingAverage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class MomentumEncoderTest {
    private static final BatchNorm NORM = new BatchNorm(LayerType.BATCH_NORM_1D, 1e-5, 0.1, true, false);
    private static final MovingAverage AVERAGE = new ExponentialMovingAverage(0.25);

    private final Weights weights = new Weights(3);
    private final Graph graph = graph(weights, new PlainUpdates());

    private static Graph graph(Weights weights, Updates updates) {
        return new Graph(weights, true, Collectives.SINGLE, new Graph.Run(100, updates));
    }

    /** Two modules, each with a linear layer and normalisation, from [N, 2] to [N, 2]. */
    private static Layer network(Graph first, Graph second) {
        return part(first).then(part(second));
    }

    private static Layer part(Graph place) {
        return Linear.build(place.in("fc"), 2, 2, true).then(NORM.build(place.in("bn"), 2));
    }

    /** Online network, update, momentum network: outputs {@code loss} and {@code keys}. */
    private static Plan step(Graph graph, MovingAverage average) {
        SDVariable x = graph.input("x", DataType.FLOAT, 4, 2);
        Graph backbone = graph.in("backbone");
        Graph neck = graph.in("neck");
        SDVariable queries = network(backbone, neck).apply(x);
        Graph copies = MomentumEncoder.follow(graph.in("encoder_k"), average, backbone, neck);
        SDVariable keys = network(copies.in("0"), copies.in("1")).apply(x);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("keys", keys, "loss", queries.mul(keys).sum()), "loss", List.of()), Kernels.PLAIN);
        plan.input("x").assign(Nd4j.createFromArray(new double[][] {{1, 2}, {-1, 0.5}, {0, 3}, {2, -2}}));
        return plan;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFirstUpdateCopiesAndTheOthersAverage(boolean fast) {
        try (Updates updates = fast ? new HostUpdates(1) : new PlainUpdates()) {
            Plan plan = step(graph(weights, updates), AVERAGE);
            weights.array("encoder_k.module.1.fc.bias").assign(77);
            weights.array("neck.fc.bias").assign(4);
            plan.run();
            assertEquals(4, weights.array("encoder_k.module.1.fc.bias").getDouble(1));
            assertEquals(1, weights.array("encoder_k.steps").getLong(0));
            weights.array("neck.fc.bias").assign(8);
            plan.run();
            assertEquals(5, weights.array("encoder_k.module.1.fc.bias").getDouble(0), 1e-6);
            assertEquals(2, weights.array("encoder_k.steps").getLong(0));
        }
    }

    @Test
    void anAverageWithAnIntervalLeavesStepsOut() {
        Plan plan = step(graph, new ExponentialMovingAverage(0.5, 2));
        weights.array("neck.fc.bias").assign(4);
        plan.run();
        weights.array("neck.fc.bias").assign(8);
        plan.run();
        assertEquals(4, weights.array("encoder_k.module.1.fc.bias").getDouble(0));
        plan.run();
        assertEquals(6, weights.array("encoder_k.module.1.fc.bias").getDouble(0));
    }

    @Test
    void weightsOfNetworksBuiltAlikeAreOnePieceOfMemory() {
        step(graph, AVERAGE);
        List<Twins> twins = weights.twins(Map.of("encoder_k.module.0", "backbone"));
        assertEquals(1, twins.size());
        assertEquals(2 * 2 + 2 + 2 + 2, twins.get(0).target().length());
    }

    @Test
    void buffersAreTakenFromTheOnlineNetworkAfterItsForwardAndChangedByTheOwn() {
        Plan plan = step(graph, AVERAGE);
        plan.run();
        double online = weights.array("backbone.bn.running_mean").getDouble(0);                 // 0.1 mean, from 0
        assertEquals(0.9 * online + online, weights.array("encoder_k.module.0.bn.running_mean").getDouble(0), 1e-6);
        assertEquals(1, weights.array("backbone.bn.num_batches_tracked").getLong(0));
        assertEquals(2, weights.array("encoder_k.module.0.bn.num_batches_tracked").getLong(0));
        weights.array("encoder_k.module.0.bn.running_mean").assign(1000);
        plan.run();
        double next = weights.array("backbone.bn.running_mean").getDouble(0);                   // 0.9 online + 0.1 mean
        assertEquals(0.9 * next + online, weights.array("encoder_k.module.0.bn.running_mean").getDouble(0), 1e-5);
    }

    @Test
    void buffersThatNobodyChangesAreTakenTooAsTheyAreBeforeLaterChanges() {
        Graph backbone = graph.in("backbone");
        SDVariable x = graph.input("x", DataType.FLOAT, 4, 2);
        Layer evaluated = NORM.build(backbone.evaluating().in("bn"), 2);
        SDVariable first = evaluated.apply(x);
        Graph copies = MomentumEncoder.follow(graph.in("teacher"), AVERAGE, backbone);
        SDVariable taught = NORM.build(copies.in("0").evaluating().in("bn"), 2).apply(x);
        SDVariable second = NORM.build(backbone.in("bn"), 2).apply(x);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("taught", taught, "sum", first.add(second))), Kernels.PLAIN);
        plan.input("x").assign(1);
        weights.array("backbone.bn.running_mean").assign(5);
        plan.run();
        assertEquals(5, weights.array("teacher.module.0.bn.running_mean").getDouble(0));
        assertEquals(4.6, weights.array("backbone.bn.running_mean").getDouble(0), 1e-6);
        assertEquals(-4, plan.output("taught").getDouble(0), 1e-4);
    }

    @Test
    void aMomentumEncoderIsNotTrained() {
        Plan plan = step(graph, AVERAGE);
        List<String> trained = weights.parameters().stream().map(Parameter::name).toList();
        assertEquals(List.of("backbone.fc.weight", "backbone.fc.bias", "backbone.bn.weight", "backbone.bn.bias",
                "neck.fc.weight", "neck.fc.bias", "neck.bn.weight", "neck.bn.bias"), trained);
        assertEquals(trained, plan.trained());
    }

    @Test
    void aCosineAverageSlowsDownToAStandstillOverTheRun() {
        MovingAverage average = new CosineEMA(0.9);
        assertEquals(0.1, average.share(0, 100), 1e-12);
        assertEquals(0.05, average.share(50, 100), 1e-12);
        assertEquals(0, average.share(100, 100), 1e-12);
        assertEquals(1 - 0.75, new CosineEMA(0.9, 0.6, 1).share(50, 100), 1e-12);
    }

    @Test
    void aCosineAverageWithoutARunIsRefused() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> new CosineEMA(0.9).share(1, 0));
        assertEquals("a cosine average goes over the iterations of a run, and this graph serves none", e.getMessage());
    }

    @Test
    void sharesOutsideOfTheirRangeAreRefused() {
        assertEquals("the share of the newest weights must be above 0 and below 1, not 1.0",
                assertThrows(IllegalArgumentException.class, () -> new ExponentialMovingAverage(1)).getMessage());
        assertEquals("base_momentum must be above 0 and below 1, not 1.5",
                assertThrows(IllegalArgumentException.class, () -> new CosineEMA(1.5)).getMessage());
        assertEquals("end_momentum must be from 0 to 1, not -0.1",
                assertThrows(IllegalArgumentException.class, () -> new CosineEMA(0.9, -0.1, 1)).getMessage());
        assertEquals("interval must be positive, not 0",
                assertThrows(IllegalArgumentException.class, () -> new CosineEMA(0.9, 1, 0)).getMessage());
    }

    @Test
    void aWeightWithoutACounterpartIsNamed() {
        graph.in("backbone").weight("a", LayerType.NONE, Fill.ZEROS, 2);
        graph.in("copy").weight("b", LayerType.NONE, Fill.ZEROS, 3);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> weights.twins(Map.of("copy", "backbone")));
        assertEquals("weight copy.b [3] follows the one of that name below backbone, where there is none of its shape", e.getMessage());
    }
}
