package dev.selfsup.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Memory;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.memory.odcmemory.ODCMemory;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Features in the plane: images 0 to 3 look right, 4 to 7 up, 8 and 9 left. */
class ODCMemoryTest {
    private static final float[][] RIGHT_UP_LEFT = {{2, 0}, {1, 0}, {3, 0}, {1, 0.1f}, {0, 1}, {0, 5}, {0.1f, 1}, {0, 1}, {-1, 0}, {-2, 0}};
    private static final int[] CLUSTERS = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2};

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static Memory.Clusters memory(int length, int clusters, int smallest) {
        return (Memory.Clusters) new ODCMemory.Factory().create(new ODCMemory.Config(length, 2, 0.5, clusters, smallest, false));
    }

    private Memory.Clusters.Samples begin(Memory.Clusters memory, float[][] features, int... labels) {
        memory.build(graph);
        weights.allocate();
        Memory.Clusters.Samples samples = memory.open(weights.state());
        samples.begin(features, labels);
        return samples;
    }

    private double centroid(int cluster, int d) {
        return weights.array("centroids").getDouble(cluster, d);
    }

    @Test
    void centroidsAreTheMeansOfFeaturesOfLengthOne() {
        begin(memory(10, 3, 1), RIGHT_UP_LEFT, CLUSTERS);
        assertEquals(1, weights.array("feature_bank").getRow(5).norm2Number().doubleValue(), 1e-6);
        assertEquals(-1, centroid(2, 0), 1e-6);
        assertEquals((3 + 1 / Math.sqrt(1.01)) / 4, centroid(0, 0), 1e-6);
    }

    @Test
    void anImageMovesToTheClusterThatIsNearestToItsNewFeature() {
        Memory.Clusters memory = memory(10, 3, 1);
        SDVariable index = graph.input("index", DataType.INT64, 2);
        Memory.Clusters.Bank bank = memory.build(graph);
        SDVariable before = bank.labels(index);
        SDVariable moved = bank.update(index, graph.input("z", DataType.FLOAT, 2, 2));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("before", before, "moved", moved)), Kernels.fastest());
        Memory.Clusters.Samples samples = memory.open(weights.state());
        samples.begin(RIGHT_UP_LEFT, CLUSTERS);
        plan.input("index").assign(Nd4j.createFromArray(8L, 0L));
        plan.input("z").assign(Nd4j.createFromArray(new float[][] {{0.5f, 9}, {4, 0}}));       // image 8 looks up now, image 0 where it did
        plan.run();
        assertArrayEquals(new long[] {2, 0}, plan.output("before").dup().data().asLong());
        assertEquals(0.5, plan.output("moved").getDouble(0), 1e-6);
        assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1, 1, 1, 2}, samples.labels());
    }

    @Test
    void aSmallClusterIsDissolvedAndGetsHalfOfTheLargest() {
        float[][] features = {{1, 0}, {1, 0.1f}, {1, 2}, {1, 2.1f}, {1, 2.2f}, {-1, 0}, {-1, 0.1f}, {-1, -0.1f}, {0.9f, -0.1f}};
        Memory.Clusters.Samples samples = begin(memory(9, 3, 2), features, 0, 0, 0, 0, 0, 1, 1, 1, 2);
        assertEquals(1, samples.dissolveSmallClusters());
        int[] labels = samples.labels();
        int flat = labels[0];
        int steep = labels[2];
        assertArrayEquals(new int[] {0, 2}, new int[] {Math.min(flat, steep), Math.max(flat, steep)});
        assertArrayEquals(new int[] {flat, flat, steep, steep, steep, 1, 1, 1, flat}, labels);        // image 8 was nearest to cluster 0 and to its flat half
        assertEquals(Math.hypot(1, 2), 2 / centroid(steep, 1) * 1, 0.1);
        assertEquals(0, samples.dissolveSmallClusters());
    }

    @Test
    void aClusterOfEqualFeaturesIsHalvedAllTheSame() {
        float[][] features = new float[6][];
        Arrays.fill(features, new float[] {1, 1});
        Memory.Clusters.Samples samples = begin(memory(6, 2, 2), features, 0, 0, 0, 0, 0, 1);
        assertEquals(1, samples.dissolveSmallClusters());
        assertEquals(3, Arrays.stream(samples.labels()).sum());
    }

    @Test
    void centroidsOfEmptyClustersStay() {
        Memory.Clusters.Samples samples = begin(memory(10, 3, 1), RIGHT_UP_LEFT, CLUSTERS);
        weights.array("label_bank").putScalar(8, 0);
        weights.array("label_bank").putScalar(9, 0);
        samples.updateCentroids();
        assertEquals(-1, centroid(2, 0), 1e-6);
        assertEquals((3 + 1 / Math.sqrt(1.01) - 2) / 6, centroid(0, 0), 1e-6);
    }

    @Test
    void imagesThatCannotBeUsedAreInNoCluster() {
        float[][] features = RIGHT_UP_LEFT.clone();
        features[3] = null;
        int[] labels = CLUSTERS.clone();
        labels[3] = -1;
        Memory.Clusters.Samples samples = begin(memory(10, 3, 3), features, labels);
        assertEquals(1, centroid(0, 0), 1e-6);
        assertEquals(1, samples.dissolveSmallClusters());
        assertEquals(-1, samples.labels()[3]);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Memory.Clusters.Samples samples = begin(memory(10, 3, 9), RIGHT_UP_LEFT, CLUSTERS);
        assertMessage("model.memory_bank.length is 10, but 1 images are clustered: set it to their number", () -> samples.begin(new float[][] {{1, 2}}, new int[] {0}));
        assertMessage("model.memory_bank.feat_dim is 2, but features have 3 numbers", () -> samples.begin(new float[10][3], CLUSTERS));
        assertMessage("model.memory_bank.num_classes is 3, but there are more clusters: set it to their number", () -> samples.begin(RIGHT_UP_LEFT, new int[] {0, 1, 2, 3, 0, 0, 0, 0, 0, 0}));
        assertMessage("model.memory_bank.num_classes is 3, but not that many clusters have images: lower it, and the number of clusters with it",
                () -> samples.begin(RIGHT_UP_LEFT, new int[10]));
        assertMessage("all 3 clusters have fewer than 9 of the 10 images: lower model.memory_bank.min_cluster or num_classes", samples::dissolveSmallClusters);
        assertMessage("num_classes must be at most length, 3, not 4: every cluster needs an image", () -> new ODCMemory.Config(3, 2, 0.5, 4, 1, false));
        assertMessage("momentum must be from 0 to 1, not -0.5", () -> new ODCMemory.Config(3, 2, -0.5, 2, 1, false));
    }

    private static void assertMessage(String message, Executable action) {
        assertEquals(message, assertThrows(RuntimeException.class, action).getMessage());
    }
}
