package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.head.clshead.ClsHead;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The head with a loss that shows what it is given: the sum of scores times labels. */
class ClsHeadTest {
    @Test
    void featuresAreAveragedOverTheImageOrAllClassified() {
        INDArray features = Nd4j.arange(8).castTo(DataType.DOUBLE).reshape(2, 2, 1, 2);
        assertEquals(Nd4j.create(new double[][] {{0.5, 2.5}, {4.5, 6.5}}), scores(head(true, 2), features));
        assertEquals(Nd4j.create(new double[][] {{0, 1, 2, 3}, {4, 5, 6, 7}}), scores(head(false, 4), features));
    }

    @Test
    void factorsOfSamplesReachTheLoss() {
        Weights weights = new Weights(0, DataType.DOUBLE);
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable features = graph.constant(Nd4j.create(new double[][] {{1, 2}, {3, 4}}));
        SDVariable targets = graph.constant(Nd4j.create(new double[][] {{1, 0}, {0, 1}}));
        SDVariable factors = graph.constant(Nd4j.createFromArray(10.0, 100.0));
        Head.Network head = head(false, 2).build(graph);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("without", head.loss(features, targets), "with", head.loss(features, targets, factors))),
                Kernels.PLAIN);
        identity(weights, 2);
        plan.run();
        assertEquals(5, plan.output("without").getDouble(0));
        assertEquals(410, plan.output("with").getDouble(0));
    }

    @Test
    void featuresThatDoNotFitAreNamed() {
        assertEquals("in_channels is 3, but an image has 4 features", mistake(head(false, 3), 2, 2, 1, 2));
        assertEquals("with_avg_pool needs features [N, C, H, W], not [2, 4]: set with_avg_pool: false", mistake(head(true, 4), 2, 4));
    }

    @Test
    void optionsThatContradictAreRefused() {
        assertEquals("with_avg_pool must be false with vit_backbone: a class token has no places",
                assertThrows(IllegalArgumentException.class, () -> new ClsHead.Config(ClsHeadTest::product, true, 4, 4, true, List.of())).getMessage());
        assertEquals("in_channels and num_classes must be positive, not 0 and 4",
                assertThrows(IllegalArgumentException.class, () -> new ClsHead.Config(ClsHeadTest::product, false, 0, 4, false, List.of())).getMessage());
    }

    private static String mistake(ClsHead head, long... shape) {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable features = graph.constant(Nd4j.create(DataType.DOUBLE, shape));
        return assertThrows(IllegalArgumentException.class, () -> head.build(graph).scores(List.of(features))).getMessage();
    }

    private static INDArray scores(ClsHead head, INDArray features) {
        Weights weights = new Weights(0, DataType.DOUBLE);
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable scores = head.build(graph).scores(List.of(graph.constant(features))).get(0);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("scores", scores)), Kernels.PLAIN);
        identity(weights, graph.shape(scores)[1]);
        plan.run();
        return plan.output("scores").dup();
    }

    /** Makes the classifier the identity. */
    private static void identity(Weights weights, long classes) {
        INDArray weight = weights.state().get("fc_cls.weight");
        weight.assign(Nd4j.eye(classes).castTo(weight.dataType()));
        weights.state().get("fc_cls.bias").assign(0);
    }

    /** A head of as many classes as features. */
    private static ClsHead head(boolean pool, int channels) {
        return (ClsHead) new ClsHead.Factory().create(new ClsHead.Config(ClsHeadTest::product, pool, channels, channels, false, List.of()));
    }

    private static Loss.Function product(Graph graph) {
        return in -> {
            SDVariable rows = in.get(0).mul(in.get(1)).sum(1);
            return List.of((in.size() < 3 ? rows : rows.mul(in.get(2))).sum());
        };
    }
}
