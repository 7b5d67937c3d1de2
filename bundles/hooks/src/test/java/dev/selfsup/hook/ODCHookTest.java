package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Weights;
import dev.selfsup.hook.odchook.ODCHook;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A memory of six images in three clusters, which notes what it is asked to do. */
class ODCHookTest {
    private final Weights weights = new Weights(0);
    private final List<String> printed = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private int[] labels = {0, 0, 0, 0, 1, 2};
    private Optional<Memory> memory = Optional.of(new Noting());
    private int iteration;
    private int epoch;
    private Path workDir = Path.of("");

    private final class Noting implements Memory.Clusters, Memory.Clusters.Samples {
        @Override
        public int length() {
            return labels.length;
        }

        @Override
        public int clusters() {
            return 3;
        }

        @Override
        public boolean verbose() {
            return true;
        }

        @Override
        public Bank build(Graph graph) {
            throw new IllegalStateException("a hook needs no graph");
        }

        @Override
        public Samples open(Map<String, INDArray> state) {
            done.add("open " + state.keySet());
            return this;
        }

        @Override
        public int[] labels() {
            return labels;
        }

        @Override
        public void begin(float[][] features, int[] first) {
            throw new IllegalStateException("another hook begins");
        }

        @Override
        public void updateCentroids() {
            done.add(iteration + " centroids");
        }

        @Override
        public int dissolveSmallClusters() {
            done.add(iteration + " dissolve");
            return 1;
        }
    }

    private final Algorithm algorithm = (Algorithm) Proxy.newProxyInstance(Algorithm.class.getClassLoader(), new Class<?>[] {Algorithm.class},
            (proxy, method, arguments) -> memory);

    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            method.getName().equals("print") || method.getName().equals("report") ? note(arguments[0] instanceof Map<?, ?> figures ? new TreeMap<>(figures).toString() : arguments[0].toString())
                    : Map.<String, Object>of("weights", weights, "algorithm", algorithm, "iteration", iteration, "epoch", epoch, "workDir", workDir).get(method.getName()));

    private Object note(String line) {
        printed.add(line);
        return null;
    }

    private Hook hook(boolean reweight, double power) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        graph.buffer("loss_weight", DataType.FLOAT, Fill.constant(1.0 / 3), 3);
        graph.in("memory_bank").buffer("centroids", DataType.FLOAT, Fill.ZEROS, 3, 2);
        weights.allocate();
        Hook hook = new ODCHook.Factory().create(new ODCHook.Config(2, 3, 4, reweight, power, true));
        hook.beforeTrain(run);
        return hook;
    }

    @Test
    void everyWorkHasItsInterval() {
        Hook hook = hook(false, 0.5);
        for (iteration = 1; iteration <= 4; iteration++) {
            hook.afterTrainIter(run);
        }
        assertEquals(List.of("open [centroids]", "2 centroids", "3 dissolve", "4 centroids"), done);
        assertEquals(List.of("clusters: 1 dissolved", "clusters: 3 of 1 to 4 images, 0 empty",
                new TreeMap<>(Map.of("clusters_empty", 0.0, "cluster_smallest", 1.0, "cluster_largest", 4.0)).toString()), printed);
        assertArrayEquals(new float[] {1 / 3f, 1 / 3f, 1 / 3f}, weights.array("loss_weight").toFloatVector());
    }

    @Test
    void theClustersOfEveryTenthEpochAreAFile(@TempDir Path folder) throws IOException {
        Hook hook = hook(false, 0.5);
        workDir = folder;
        for (epoch = 9; epoch <= 11; epoch++) {
            hook.afterTrainEpoch(run);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of("cluster_epoch_10.npy"), files.map(file -> file.getFileName().toString()).toList());
        }
        byte[] bytes = Files.readAllBytes(folder.resolve("cluster_epoch_10.npy"));
        assertEquals(128 + 6 * Long.BYTES, bytes.length);
        assertEquals(2, bytes[128 + 5 * Long.BYTES]);
    }

    @Test
    void imagesOfLargeClustersCountLess() {
        iteration = 1;
        hook(true, 0.5).afterTrainIter(run);
        assertArrayEquals(new float[] {0.2f, 0.4f, 0.4f}, weights.array("loss_weight").toFloatVector(), 1e-6f);
        hook(true, 1).afterTrainIter(run);
        assertArrayEquals(new float[] {1 / 9f, 4 / 9f, 4 / 9f}, weights.array("loss_weight").toFloatVector(), 1e-6f);
    }

    @Test
    void aMemoryWithoutClustersIsRefusedAtTheBeginningAndNotLater() {
        labels = new int[6];
        Hook hook = hook(true, 0.5);
        assertEquals("ODCHook: the images are in no clusters yet: add DeepClusterHook with init_memory: true and initial: true to custom_hooks, with as many clusters as "
                + "model.memory_bank.num_classes (3)", assertThrows(UsageException.class, () -> hook.beforeTrainEpoch(run)).getMessage());
        iteration = 1;
        hook.beforeTrainEpoch(run);
    }

    @Test
    void aMethodWithoutClustersIsRefused() {
        memory = Optional.empty();
        assertEquals("ODCHook looks after a memory of clusters, which model.type has not: it goes with ODC",
                assertThrows(UsageException.class, () -> hook(true, 0.5)).getMessage());
    }

    @Test
    void wrongOptionsAreRefused() {
        assertEquals("dist_mode must be true: there is no other mode, with one process too",
                assertThrows(IllegalArgumentException.class, () -> new ODCHook.Config(1, 1, 1, true, 0.5, false)).getMessage());
        assertEquals("centroids_update_interval, deal_with_small_clusters_interval and evaluate_interval must be positive, not 1, 0 and 1",
                assertThrows(IllegalArgumentException.class, () -> new ODCHook.Config(1, 0, 1, true, 0.5, true)).getMessage());
    }
}
