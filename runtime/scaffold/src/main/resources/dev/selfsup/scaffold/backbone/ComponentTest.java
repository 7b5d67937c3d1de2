package __package__;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The network without normalisation, so that its numbers can be computed by hand. */
class __Type__Test {
    private final Weights weights = new Weights(0, DataType.DOUBLE);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void everyStageHalvesTheImage() {
        SDVariable features = network(List.of(4, 8, 6)).apply(graph.input("images", DataType.FLOAT, 2, 3, 32, 20)).get(0);
        assertArrayEquals(new long[] {2, 6, 4, 3}, graph.shape(features));
    }

    @Test
    void aFeatureIsTheRectifiedProductOfTheWindowAroundItWithTheKernel() {
        SDVariable images = graph.input("images", DataType.FLOAT, 1, 3, 6, 6);
        SDVariable features = network(List.of(2)).apply(images).get(0);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("features", features)), Kernels.PLAIN);
        INDArray image = Nd4j.linspace(DataType.DOUBLE, -1, 0.02, 3 * 6 * 6).reshape(1, 3, 6, 6);
        plan.input("images").assign(image);
        plan.run();
        for (int channel = 0; channel < 2; channel++) {
            assertEquals(Math.max(0, product(image, channel, 1, 3)), plan.output("features").getDouble(0, channel, 1, 2), 1e-9);
        }
    }

    @Test
    void applyingTheNetworkTwiceSharesItsWeights() {
        Backbone.Network network = network(List.of(4, 8));
        network.apply(graph.input("first", DataType.FLOAT, 1, 3, 8, 8));
        network.apply(graph.input("second", DataType.FLOAT, 1, 3, 8, 8));
        weights.allocate();
        assertEquals(Set.of("stage1.conv.weight", "stage2.conv.weight"), weights.state().keySet());
    }

    @Test
    void aStageWithoutChannelsIsRefused() {
        assertEquals("channels must be one positive number for each stage, not [4, 0]",
                assertThrows(IllegalArgumentException.class, () -> network(List.of(4, 0))).getMessage());
    }

    /** The sum over the 3x3 window whose first row and column are given. */
    private double product(INDArray image, int channel, int row, int column) {
        INDArray kernel = weights.array("stage1.conv.weight");                           // [out, 3, 3, 3]
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    sum += image.getDouble(0, c, row + i, column + j) * kernel.getDouble(channel, c, i, j);
                }
            }
        }
        return sum;
    }

    private Backbone.Network network(List<Integer> channels) {
        return new __Type__.Factory().create(new __Type__.Config(3, channels, new NoNorm(), List.of())).build(graph);
    }

    private static final class NoNorm implements Norm {
        @Override
        public String abbreviation() {
            return "none";
        }

        @Override
        public Layer build(Graph place, int channels, boolean affine) {
            return Layer.IDENTITY;
        }
    }
}
