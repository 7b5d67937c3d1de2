package dev.selfsup.hook.odchook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.HostCopy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/**
 * Looks after the clusters of online deep clustering (Zhan et al. 2020, <a href="https://arxiv.org/abs/2006.10645">arXiv:2006.10645</a>) between iterations: moves centroids,
 * dissolves small clusters, and lets the images of large clusters count less. Its state is the model's: {@code memory_bank} and {@code loss_weight}.
 */
public final class ODCHook implements Hook {
    private static final String MEMORY = "memory_bank.";
    private static final double ALMOST_NOTHING = 1e-10;

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
        if (run.iteration() == 0 && Arrays.stream(sizes(samples.labels())).anyMatch(size -> size == 0)) {
            throw new UsageException("ODCHook: the images are in no clusters yet: add DeepClusterHook with init_memory: true and initial: true to custom_hooks, with as many clusters "
                    + "as model.memory_bank.num_classes (" + memory.clusters() + ")");
        }
    }

    private int[] sizes(int[] labels) {
        int[] sizes = new int[memory.clusters()];
        for (int label : labels) {
            if (label >= 0) {
                sizes[label]++;
            }
        }
        return sizes;
    }

    @Override
    public void afterTrainIter(Run run) {
        if (run.iteration() % config.centroidsUpdateInterval() == 0) {
            samples.updateCentroids();
        }
        if (run.iteration() % config.dealWithSmallClustersInterval() == 0) {
            dissolve(run);
        }
        int[] sizes = sizes(samples.labels());
        if (config.reweight()) {
            INDArray weights = run.weights().array("loss_weight");
            HostCopy.write(weights(sizes, config.reweightPow()), sizes.length, weights);
        }
        if (run.iteration() % config.evaluateInterval() == 0) {
            long empty = Arrays.stream(sizes).filter(size -> size == 0).count();
            run.print("clusters: " + empty + " empty, smallest " + Arrays.stream(sizes).min().orElse(0) + " images, largest " + Arrays.stream(sizes).max().orElse(0));
        }
    }

    private void dissolve(Run run) {
        int dissolved = samples.dissolveSmallClusters();
        if (memory.verbose()) {
            run.print("clusters: " + dissolved + " dissolved");
        }
    }

    /** How much an image of each cluster counts. */
    static float[] weights(int[] sizes, double power) {
        double[] inverse = Arrays.stream(sizes).mapToDouble(size -> Math.pow(1 / (size + ALMOST_NOTHING), power)).toArray();
        double sum = Arrays.stream(inverse).sum();
        float[] weights = new float[sizes.length];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = (float) (inverse[k] / sum);
        }
        return weights;
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
