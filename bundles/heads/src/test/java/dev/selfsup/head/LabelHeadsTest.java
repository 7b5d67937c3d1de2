package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.head.linearclshead.LinearClsHead;
import dev.selfsup.head.visiontransformerclshead.VisionTransformerClsHead;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Classifiers of MMClassification, with a loss that is the sum of scores. */
class LabelHeadsTest {
    private static final Loss SUM = graph -> in -> List.of(in.get(0).sum());
    private final Weights weights = new Weights(1, DataType.DOUBLE);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void theLastFeaturesAreClassifiedAndAccuraciesTold() {
        Head.Network head = linear(true).build(graph);
        SDVariable first = graph.constant(Nd4j.ones(DataType.DOUBLE, 2, 9));
        SDVariable last = graph.constant(Nd4j.create(new double[][] {{3, 1, 2}, {3, 1, 2}}));
        SDVariable labels = graph.constant(Nd4j.createFromArray(0L, 2L));
        Map<String, Double> values = run(head.losses(first, last, labels));
        assertEquals(Map.of("loss", 12.0, "accuracy_top-1", 50.0, "accuracy_top-2", 100.0), values);
    }

    @Test
    void accuraciesAreLeftOutUnlessTheyAreWanted() {
        Losses losses = linear(false).build(graph).losses(graph.constant(Nd4j.ones(DataType.DOUBLE, 2, 3)), graph.constant(Nd4j.createFromArray(0L, 2L)));
        assertEquals(List.of("loss"), List.copyOf(losses.entries().keySet()));
    }

    @Test
    void theHiddenLayerHasAnActivationAndFirstValuesOfItsOwn() {
        Activation negative = place -> place.module(SDVariable::neg);
        Head head = new VisionTransformerClsHead.Factory().create(
                new VisionTransformerClsHead.Config(2, 3, Optional.of(64), negative, Optional.empty(), SUM, List.of(1), false));
        SDVariable token = graph.constant(Nd4j.ones(DataType.DOUBLE, 1, 3));
        SDVariable scores = ((Head.Classifier) head.build(graph)).scores(List.of(token)).get(0);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("scores", scores)), Kernels.PLAIN);
        Map<String, INDArray> state = weights.state();
        assertEquals(List.of("layers.head.bias", "layers.head.weight", "layers.pre_logits.bias", "layers.pre_logits.weight"), state.keySet().stream().sorted().toList());
        double deviation = state.get("layers.pre_logits.weight").stdNumber().doubleValue();
        assertTrue(deviation > 0.4 && deviation < 0.75, () -> "sqrt(1/3): " + deviation);
        plan.run();
        INDArray hidden = state.get("layers.pre_logits.weight").sum(1).neg();
        assertEquals(state.get("layers.head.weight").mmul(hidden).add(state.get("layers.head.bias")).getDouble(0), plan.output("scores").getDouble(0), 1e-12);
    }

    @Test
    void featuresThatDoNotFitAreNamed() {
        assertEquals("in_channels is 3, but LinearClsHead gets features [2, 3, 4, 4] instead of [N, 3]: set in_channels, or neck: {type: GlobalAveragePooling} where they "
                + "have places", mistake(linear(false), 2, 3, 4, 4));
        Head head = new VisionTransformerClsHead.Factory().create(
                new VisionTransformerClsHead.Config(2, 3, Optional.empty(), place -> x -> x, Optional.empty(), SUM, List.of(1), false));
        assertEquals("in_channels is 3, but VisionTransformerClsHead gets features [2, 8] instead of [N, 3]: set in_channels, and output_cls_token: true in the backbone",
                mistake(head, 2, 8));
        assertEquals("topk must be from 1 to num_classes, not [5]",
                assertThrows(IllegalArgumentException.class, () -> new LinearClsHead.Config(3, 3, Optional.empty(), SUM, List.of(5), true)).getMessage());
    }

    private String mistake(Head head, long... shape) {
        SDVariable features = graph.constant(Nd4j.create(DataType.DOUBLE, shape));
        return assertThrows(IllegalArgumentException.class, () -> ((Head.Classifier) head.build(graph)).scores(List.of(features))).getMessage();
    }

    /** Makes the classifier the identity, and runs. */
    private Map<String, Double> run(Losses losses) {
        Plan plan = Plan.of(graph, Plan.Wanted.values(losses.entries()), Kernels.PLAIN);
        weights.state().get("fc.weight").assign(Nd4j.eye(3).castTo(DataType.DOUBLE));
        weights.state().get("fc.bias").assign(0);
        plan.run();
        Map<String, Double> values = new LinkedHashMap<>();
        losses.entries().keySet().forEach(name -> values.put(name, plan.output(name).getDouble(0)));
        return values;
    }

    private static Head linear(boolean accuracies) {
        return new LinearClsHead.Factory().create(new LinearClsHead.Config(3, 3, Optional.empty(), SUM, List.of(1, 2), accuracies));
    }
}
