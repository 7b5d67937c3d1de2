package dev.selfsup.hook.odchook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.clustering.ClassWeights;
import dev.selfsup.clustering.LabelFile;
import dev.selfsup.engine.HostCopy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/**
 * Looks after the clusters of online deep clustering (Zhan et al. 2020, <a href="https://arxiv.org/abs/2006.10645">arXiv:2006.10645</a>) between iterations: moves centroids,
 * dissolves small clusters, and lets the images of large clusters count less. Its state is the model's: {@code memory_bank} and {@code loss_weight}. Every tenth epoch it
 * writes the clusters to {@code cluster_epoch_N.npy}.
 */
public final class ODCHook implements Hook {
    private static final String MEMORY = "memory_bank.";
    private static final int EPOCHS_BETWEEN_FILES = 10;

    /**
     * Options of the hook.
     *
     * @param centroidsUpdateInterval iterations between updates of the centroids
     * @param dealWithSmallClustersInterval iterations between searches for small clusters
     * @param evaluateInterval iterations between lines about the sizes of clusters
     * @param reweight whether an image counts by the size n of its cluster: {@code (1 / n)^reweight_pow}, divided by the sum over clusters; without it all count alike
     * @param reweightPow the exponent. (The reference always reweights, by 0.5: the values that its configs give)
     * @param distMode must be true: there is no other mode, with one process too
     */
    public record Config(int centroidsUpdateInterval, int dealWithSmallClustersInterval, int evaluateInterval, boolean reweight, double reweightPow,
            @Default("true") boolean distMode) {
        public Config {
            check(centroidsUpdateInterval > 0 && dealWithSmallClustersInterval > 0 && evaluateInterval > 0,
                    "centroids_update_interval, deal_with_small_clusters_interval and evaluate_interval must be positive, not %d, %d and %d",
                    centroidsUpdateInterval, dealWithSmallClustersInterval, evaluateInterval);
            check(distMode, "dist_mode must be true: there is no other mode, with one process too");
        }
    }

    private final Config config;
    private Memory.Clusters memory;
    private Memory.Clusters.Samples samples;

    private ODCHook(Config config) {
        this.config = config;
    }

    @Override
    public void beforeTrain(Run run) {
        memory = run.algorithm().memory().filter(Memory.Clusters.class::isInstance).map(Memory.Clusters.class::cast)
                .orElseThrow(() -> new UsageException("ODCHook looks after a memory of clusters, which model.type has not: it goes with ODC"));
        Map<String, INDArray> state = new HashMap<>();
        run.weights().state().forEach((name, array) -> {
            if (name.startsWith(MEMORY)) {
                state.put(name.substring(MEMORY.length()), array);
            }
        });
        samples = memory.open(state);
    }

    /** By now a clustering hook has filled the memory, wherever it stands in the config. */
    @Override
    public void beforeTrainEpoch(Run run) {
        if (run.iteration() == 0 && Arrays.stream(ClassWeights.sizes(samples.labels(), memory.clusters())).anyMatch(size -> size == 0)) {
            throw new UsageException("ODCHook: the images are in no clusters yet: add DeepClusterHook with init_memory: true and initial: true to custom_hooks, with as many clusters "
                    + "as model.memory_bank.num_classes (" + memory.clusters() + ")");
        }
    }

    @Override
    public void afterTrainIter(Run run) {
        if (run.iteration() % config.centroidsUpdateInterval() == 0) {
            samples.updateCentroids();
        }
        if (run.iteration() % config.dealWithSmallClustersInterval() == 0) {
            dissolve(run);
        }
        int[] labels = samples.labels();
        if (config.reweight()) {
            float[] weights = ClassWeights.of(labels, memory.clusters(), config.reweightPow());
            HostCopy.write(weights, weights.length, run.weights().array("loss_weight"));
        }
        if (run.iteration() % config.evaluateInterval() == 0) {
            describe(run, ClassWeights.sizes(labels, memory.clusters()));
        }
    }

    private static void describe(Run run, int[] sizes) {
        long empty = Arrays.stream(sizes).filter(size -> size == 0).count();
        int smallest = Arrays.stream(sizes).min().orElse(0);
        int largest = Arrays.stream(sizes).max().orElse(0);
        run.print("clusters: " + sizes.length + " of " + smallest + " to " + largest + " images, " + empty + " empty");
        run.report(Map.of("clusters_empty", (double) empty, "cluster_smallest", (double) smallest, "cluster_largest", (double) largest));
    }

    /** Clusters as a file, every tenth epoch. */
    @Override
    public void afterTrainEpoch(Run run) {
        if (run.epoch() % EPOCHS_BETWEEN_FILES == 0) {
            LabelFile.write(run.workDir().resolve("cluster_epoch_" + run.epoch() + ".npy"), samples.labels());
        }
    }

    private void dissolve(Run run) {
        int dissolved = samples.dissolveSmallClusters();
        if (memory.verbose()) {
            run.print("clusters: " + dissolved + " dissolved");
        }
    }

    /** {@code ODCHook}. */
    @Component
    @TypeName(kind = "hook", name = "ODCHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new ODCHook(config);
        }
    }
}
