package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.head.multiclshead.MultiClsHead;
import dev.selfsup.layers.MultiPooling;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The classifiers of the two last stages. Norms are left out, the loss is the sum of the scores. */
class MultiClsHeadTest {
    private final Weights weights = new Weights(0, DataType.DOUBLE);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);
    private final SDVariable stage3 = graph.constant(Nd4j.ones(DataType.DOUBLE, 2, 1024, 5, 5));
    private final SDVariable stage4 = graph.constant(Nd4j.ones(DataType.DOUBLE, 2, 2048, 7, 7).mul(2));
    private final SDVariable labels = graph.constant(Nd4j.createFromArray(0L, 2L));

    @Test
    void everyStageHasItsLossAndAccuraciesUnderItsNumber() {
        Losses losses = head(true, true, 1, 2).losses(stage3, stage4, labels);
        assertEquals(List.of("loss.4", "accuracy.4.top-1", "accuracy.4.top-2", "loss.5", "accuracy.5.top-1", "accuracy.5.top-2", "loss.unpool",
                "accuracy.unpool.top-1", "accuracy.unpool.top-2"), List.copyOf(losses.entries().keySet()));
        Plan plan = Plan.of(graph, Plan.Wanted.values(losses.entries()), Kernels.PLAIN);
        weights.state().values().forEach(weight -> weight.assign(0));
        weights.state().get("fcs.0.bias").assign(Nd4j.createFromArray(0.1, 0.2, 0.3));
        weights.state().get("fcs.1.bias").assign(Nd4j.createFromArray(-0.1, -0.2, -0.3));
        weights.state().get("fcs.2.weight").assign(1);
        plan.run();
        assertEquals(2 * 0.6, plan.output("loss.4").getDouble(0), 1e-12);
        assertEquals(50, plan.output("accuracy.4.top-1").getDouble(0));
        assertEquals(50, plan.output("accuracy.4.top-2").getDouble(0));
        assertEquals(0, plan.output("accuracy.5.top-1").getDouble(0), "scores that are not positive do not count");
        assertEquals(2 * 3 * 2 * 2048 * 49, plan.output("loss.unpool").getDouble(0), 1e-6);
        assertEquals(100, plan.output("accuracy.unpool.top-1").getDouble(0), "equal scores are all the highest");
    }

    @Test
    void weightsBearTheReferencesNames() {
        List<SDVariable> scores = head(false, false, 1).scores(List.of(stage3, stage4));
        assertEquals(2, scores.size());
        Plan.of(graph, Plan.Wanted.values(Map.of("stage 3", scores.get(0), "stage 4", scores.get(1))), Kernels.PLAIN);
        assertEquals(Set.of("fcs.0.weight", "fcs.0.bias", "fcs.1.weight", "fcs.1.bias", "norms.0.mark", "norms.1.mark"), weights.state().keySet());
    }

    @Test
    void optionsThatDoNotFitAreNamed() {
        assertEquals("backbone must be resnet50, not resnet18", mistake("resnet18", List.of(4), 1));
        assertEquals("in_indices must be among 0 to 4, not [5]", mistake("resnet50", List.of(5), 1));
        assertEquals("topk must be from 1 to num_classes, not [4]", mistake("resnet50", List.of(4), 4));
    }

    private static String mistake(String backbone, List<Integer> stages, int top) {
        return assertThrows(IllegalArgumentException.class, () -> config(backbone, stages, false, false, List.of(top))).getMessage();
    }

    private Head.Classifier head(boolean unpool, boolean accuracy, Integer... top) {
        return (Head.Classifier) new MultiClsHead.Factory().create(config("resnet50", List.of(3, 4), unpool, accuracy, List.of(top))).build(graph);
    }

    private static MultiClsHead.Config config(String backbone, List<Integer> stages, boolean unpool, boolean accuracy, List<Integer> top) {
        Loss loss = place -> in -> List.of(in.get(0).sum());
        return new MultiClsHead.Config(backbone, stages, MultiPooling.Type.ADAPTIVE, 3, loss, unpool, accuracy, top, new Mark(), List.of());
    }

    /** A normalisation that only leaves a buffer where it was built. */
    private static final class Mark implements Norm {
        @Override
        public String abbreviation() {
            return "mark";
        }

        @Override
        public Layer build(Graph place, int channels, boolean affine) {
            place.buffer("mark", DataType.FLOAT, Fill.ZEROS, channels);
            return Layer.IDENTITY;
        }
    }
}
