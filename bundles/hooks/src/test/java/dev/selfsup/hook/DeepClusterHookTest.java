package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.run.Clustering;
import dev.selfsup.api.run.Clustering.Clusters;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Weights;
import dev.selfsup.hook.deepclusterhook.DeepClusterHook;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** Six images, the third of which cannot be used, in two clusters by the sign of their feature. Two iterations an epoch, six epochs. */
class DeepClusterHookTest {
    private static final float[][] EMBEDDINGS = {{-1}, {2}, null, {-3}, {4}, {5}};

    @TempDir
    Path folder;
    private final Weights weights = new Weights(1);
    private final List<String> told = new ArrayList<>();
    private int[] assigned = {};
    private int epoch;

    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) -> {
        switch (method.getName()) {
            case "embeddings" -> {
                told.add("embeddings");
                return EMBEDDINGS;
            }
            case "assignLabels" -> assigned = (int[]) arguments[0];
            case "sampleUniformly" -> told.add("uniform " + arguments[1] + " in epoch " + epoch);
            case "print" -> told.add((String) arguments[0]);
            case "epoch" -> {
                return epoch;
            }
            case "iteration" -> {
                return 2 * epoch;
            }
            case "epochLength" -> {
                return 2;
            }
            case "maxIterations" -> {
                return 12;
            }
            case "seed" -> {
                return 5L;
            }
            case "weights" -> {
                return weights;
            }
            case "workDir" -> {
                return folder;
            }
            default -> { }
        }
        return null;
    });

    private record Signs() implements Clustering {
        @Override
        public Clusters cluster(float[][] rows, RandomGenerator random, Consumer<String> words) {
            return new Clusters(Arrays.stream(rows).mapToInt(row -> row[0] < 0 ? 0 : 1).toArray(), 2);
        }

        @Override
        public OptionalInt count() {
            return OptionalInt.of(2);
        }
    }

    private static DeepClusterHook.Config config(boolean uniform, boolean reweight, long interval) {
        Dataset none = () -> null;
        LoaderConfig extract = new LoaderConfig(4, 0, false, true, false, OptionalInt.empty(), (size, at, seed, rank, world) -> new int[0], samples -> samples, none);
        return new DeepClusterHook.Config(extract, new Signs(), uniform, reweight, 0.5, false, true, interval, OptionalLong.empty());
    }

    private static Hook hook(boolean uniform, boolean reweight, long interval) {
        return new DeepClusterHook.Factory().create(config(uniform, reweight, interval));
    }

    private void model(int classes) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        graph.in("head.fc_cls").weight("weight", LayerType.LINEAR, Fill.uniform(1), classes, 1);
        graph.in("backbone").weight("weight", LayerType.LINEAR, Fill.uniform(1), 1, 1);
        graph.buffer("loss_weight", DataType.FLOAT, Fill.constant(1.0 / classes), classes);
        weights.allocate();
    }

    @Test
    void clustersBecomeLabelsAndTheHeadBeginsAnew() throws Exception {
        model(2);
        float before = weights.array("head.fc_cls.weight").getFloat(0);
        float kept = weights.array("backbone.weight").getFloat(0);
        hook(false, false, 1).beforeTrain(run);
        assertArrayEquals(new int[] {0, 1, -1, 0, 1, 1}, assigned);
        assertEquals(List.of("embeddings", "clusters: 2 of 2 to 3 images, 0 empty"), told);
        assertFalse(before == weights.array("head.fc_cls.weight").getFloat(0));
        assertEquals(kept, weights.array("backbone.weight").getFloat(0));
        assertArrayEquals(new float[] {0.5f, 0.5f}, weights.array("loss_weight").dup().data().asFloat());
        byte[] file = Files.readAllBytes(folder.resolve("cluster_epoch_0.npy"));
        assertEquals(0, (file.length - 6 * Long.BYTES) % 64, "numpy wants headers of a multiple of 64 bytes");
    }

    @Test
    void largeClustersCountLess() {
        model(2);
        hook(false, true, 1).beforeTrain(run);
        double first = 1 / Math.sqrt(2);
        double second = 1 / Math.sqrt(3);
        assertArrayEquals(new float[] {(float) (first / (first + second)), (float) (second / (first + second))},
                weights.array("loss_weight").dup().data().asFloat(), 1e-6f);
    }

    @Test
    void imagesAreClusteredEverySoManyEpochsButNotAfterTheLast() {
        model(2);
        Hook hook = hook(true, false, 2);
        hook.beforeTrain(run);
        for (epoch = 1; epoch <= 6; epoch++) {
            hook.afterTrainEpoch(run);
        }
        assertEquals(List.of("uniform 2 in epoch 0", "uniform 2 in epoch 2", "uniform 2 in epoch 4"), told.stream().filter(line -> line.startsWith("uniform")).toList());
    }

    @Test
    void aResumedRunGoesOnWithItsLabels() {
        model(2);
        Hook first = hook(true, false, 4);
        epoch = 4;
        first.beforeTrain(run);
        Hook second = hook(true, false, 4);
        second.restore(first.state());
        told.clear();
        assigned = new int[0];
        second.beforeTrain(run);
        assertArrayEquals(new int[] {0, 1, -1, 0, 1, 1}, assigned);
        assertEquals(List.of("uniform 2 in epoch 4"), told, "nothing is clustered");
        told.clear();
        epoch = 5;
        hookLike(second).beforeTrain(run);
        assertEquals(List.of(), told, "the epoch after the next is in the usual order");
        epoch = 8;
        hookLike(second).beforeTrain(run);
        assertTrue(told.contains("embeddings"), "a run that has been made longer clusters where an uninterrupted one does");
    }

    private static Hook hookLike(Hook other) {
        Hook hook = hook(true, false, 4);
        hook.restore(other.state());
        return hook;
    }

    @Test
    void mistakesSayWhatToDo() {
        UsageException noMethod = assertThrows(UsageException.class, () -> hook(false, false, 1).beforeTrain(run));
        assertEquals("DeepClusterHook: model.type must be a method that learns from clusters, as DeepCluster or ODC", noMethod.getMessage());
        model(1);
        UsageException few = assertThrows(UsageException.class, () -> hook(false, false, 1).beforeTrain(run));
        assertEquals("DeepClusterHook: clustering.k is 2, but the head has only 1 classes: set model.head.num_classes to as many", few.getMessage());
        assertEquals("interval must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> config(false, false, 0)).getMessage());
    }
}
