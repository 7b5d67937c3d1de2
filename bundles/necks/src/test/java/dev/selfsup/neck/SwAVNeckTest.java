package dev.selfsup.neck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.layers.BatchNorm;
import dev.selfsup.neck.swavneck.SwAVNeck;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** The projector of SwAV beyond its recorded cases. */
class SwAVNeckTest {
    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void viewsOfAllSizesComeOutOneAfterTheOther() {
        Plan plan = plan(neck(4, 0, 0, true, false), new long[] {2, 4, 3, 3}, new long[] {6, 4, 1, 1});
        plan.input("x0").assign(5);
        plan.input("x1").assign(7);
        plan.run();
        assertArrayEquals(new long[] {8, 4}, plan.output("z").shape());
        assertEquals(5, plan.output("z").getDouble(1, 3), 1e-6);
        assertEquals(7, plan.output("z").getDouble(2, 0), 1e-6);
    }

    @Test
    void theBatchNormHasTwoPathsInAStateDictAndOneSetOfWeights() {
        plan(neck(4, 6, 3, true, true), new long[] {2, 4, 3, 3});
        Set<String> names = Set.of("bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked", "projection_neck.0.weight",
                "projection_neck.0.bias", "projection_neck.3.weight", "projection_neck.3.bias");
        assertEquals(names, weights.state().keySet());
        Set<String> both = Stream.concat(names.stream(), names.stream().filter(name -> name.startsWith("bn."))
                .map(name -> name.replace("bn.", "projection_neck.1."))).collect(java.util.stream.Collectors.toSet());
        assertEquals(both, weights.stateDict().keySet());
        assertSame(weights.array("bn.weight"), weights.stateDict().get("projection_neck.1.weight"));
        assertEquals(6, weights.parameters().size());
    }

    @Test
    void withoutHiddenFeaturesTheProjectionIsOneLayer() {
        plan(neck(4, 0, 3, true, true), new long[] {2, 4, 3, 3});
        assertEquals(Set.of("projection_neck.weight", "projection_neck.bias"), weights.stateDict().keySet());
    }

    @Test
    void withoutPoolingTheFeaturesOfAllPlacesAreTaken() {
        Plan plan = plan(neck(8, 0, 0, false, true), new long[] {1, 2, 2, 2});
        plan.input("x0").assign(Nd4j.arange(8).reshape(1, 2, 2, 2));
        plan.run();
        assertEquals(7 / Math.sqrt(140), plan.output("z").getDouble(0, 7), 1e-6);
        assertEquals("SwAVNeck without with_avg_pool takes all features of a view: in_channels must be 8, not 4", assertThrows(IllegalArgumentException.class,
                () -> plan(neck(4, 0, 0, false, true), new long[] {1, 2, 2, 2})).getMessage());
    }

    @Test
    void mistakesAreNamed() {
        assertEquals("in_channels must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> neck(0, 1, 1, true, true)).getMessage());
        assertEquals("hid_channels and out_channels must not be negative: -1, 1",
                assertThrows(IllegalArgumentException.class, () -> neck(4, -1, 1, true, true)).getMessage());
    }

    private static Neck neck(int in, int hidden, int out, boolean pool, boolean unit) {
        return new SwAVNeck.Factory().create(new SwAVNeck.Config(in, hidden, out, pool, unit, new BatchNormOfOneProcess(), List.of()));
    }

    private Plan plan(Neck neck, long[]... shapes) {
        SDVariable[] views = new SDVariable[shapes.length];
        for (int i = 0; i < shapes.length; i++) {
            views[i] = graph.input("x" + i, DataType.FLOAT, shapes[i]);
        }
        return Plan.of(graph, Plan.Wanted.values(Map.of("z", neck.build(graph).apply(List.of(views)).get(0))), Kernels.PLAIN);
    }

    private static final class BatchNormOfOneProcess implements Norm {
        @Override
        public String abbreviation() {
            return "bn";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            return new BatchNorm(LayerType.BATCH_NORM_1D, 1e-5, 0.1, affine, false).build(graph, channels);
        }
    }
}
