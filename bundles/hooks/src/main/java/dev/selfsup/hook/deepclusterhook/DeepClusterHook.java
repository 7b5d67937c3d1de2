package dev.selfsup.hook.deepclusterhook;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.run.Clustering;
import dev.selfsup.api.run.Clustering.Clusters;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.State;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.clustering.ClassWeights;
import dev.selfsup.clustering.LabelFile;
import dev.selfsup.engine.HostCopy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.service.component.annotations.Component;

/**
 * Clusters the features of all training images and makes the clusters their labels: before training and after epochs, for DeepCluster (Caron et al. 2018,
 * <a href="https://arxiv.org/abs/1807.05520">arXiv:1807.05520</a>) and, once, ODC. Then the classifier, whose classes mean something else now, gets new weights. Checkpoints keep the labels.
 */
public final class DeepClusterHook implements Hook {
    private static final String CLASS_WEIGHTS = "loss_weight";
    private static final String MEMORY = "memory_bank.";

    /**
     * Options of the hook.
     *
     * @param extractDataloader the training images as they are clustered, without random transforms; its dataset lists the same files as {@code train_dataloader.dataset}
     * @param clustering how clusters are found, as Kmeans
     * @param unifSampling whether the epoch after a clustering visits all clusters equally often; needs DeepClusterSampler
     * @param reweight whether an image counts by the size n of its cluster: {@code n^-reweight_pow}, divided by the sum over clusters
     * @param reweightPow exponent of the re-weighting
     * @param initMemory whether features and clusters are put into the model's {@code memory_bank}, as ODC needs it
     * @param initial whether images are clustered before training
     * @param interval epochs between clusterings
     * @param seed of the random choices; the run's by default
     */
    public record Config(LoaderConfig extractDataloader, Clustering clustering, boolean unifSampling, boolean reweight, double reweightPow,
            @Default("false") boolean initMemory, @Default("true") boolean initial, @Default("1") long interval, OptionalLong seed) {
        public Config {
            check(interval > 0, "interval must be positive, not %d", interval);
            check(reweightPow >= 0, "reweight_pow must not be negative, not %s", reweightPow);
        }
    }

    private final Config config;
    private Dataset.Images images;
    private int[] labels;
    private int count;
    private int epoch;
    private long times;

    private DeepClusterHook(Config config) {
        this.config = config;
    }

    @Override
    public void beforeTrain(Run run) {
        images = config.extractDataloader().dataset().open();
        int classes = classes(run);
        int asked = config.clustering().count().orElse(0);
        if (asked > classes) {
            throw new UsageException("DeepClusterHook: clustering.k is " + asked + ", but the head has only " + classes + " classes: set model.head.num_classes to as many");
        }
        if (labels != null) {
            assign(run);
        }
        boolean atStartOfEpoch = run.iteration() == run.epoch() * run.epochLength();
        if (labels == null ? config.initial() : atStartOfEpoch && epoch < run.epoch() && due(run)) {
            cluster(run);
        }
    }

    /** Not after the last epoch, as nothing would learn from it; a run that is made longer begins with it. */
    @Override
    public void afterTrainEpoch(Run run) {
        if (due(run) && run.iteration() < run.maxIterations()) {
            cluster(run);
        }
    }

    private boolean due(Run run) {
        return run.epoch() % config.interval() == 0;
    }

    private static int classes(Run run) {
        INDArray weights = run.weights().state().get(CLASS_WEIGHTS);
        if (weights == null) {
            throw new UsageException("DeepClusterHook: model.type must be a method that learns from clusters, as DeepCluster or ODC");
        }
        return Math.toIntExact(weights.length());
    }

    private void cluster(Run run) {
        float[][] embeddings = run.embeddings(images, config.extractDataloader().batchSize());
        int[] usable = IntStream.range(0, embeddings.length).filter(i -> embeddings[i] != null).toArray();
        float[][] rows = Arrays.stream(usable).mapToObj(i -> embeddings[i]).toArray(float[][]::new);
        times++;
        Clusters clusters = config.clustering().cluster(rows, SampleRandom.of(config.seed().orElse(run.seed()), times), run::print);
        labels = new int[embeddings.length];
        Arrays.fill(labels, -1);
        for (int i = 0; i < usable.length; i++) {
            labels[usable[i]] = clusters.labels()[i];
        }
        count = clusters.count();
        epoch = run.epoch();
        if (count > classes(run)) {
            throw new UsageException("DeepClusterHook: there are " + count + " clusters, but the head has only " + classes(run)
                    + " classes: set model.head.num_classes to that many at least");
        }
        describe(run);
        LabelFile.write(run.workDir().resolve("cluster_epoch_" + epoch + ".npy"), labels);
        assign(run);
        prepare(run, embeddings);
    }

    private void describe(Run run) {
        int[] sizes = ClassWeights.sizes(labels, count);
        long empty = Arrays.stream(sizes).filter(size -> size == 0).count();
        int smallest = Arrays.stream(sizes).min().orElse(0);
        int largest = Arrays.stream(sizes).max().orElse(0);
        run.print("clusters: " + count + " of " + smallest + " to " + largest + " images, " + empty + " empty");
        run.report(Map.of("clusters_empty", (double) empty, "cluster_smallest", (double) smallest, "cluster_largest", (double) largest));
    }

    private void assign(Run run) {
        run.assignLabels(labels);
        if (config.unifSampling() && epoch == run.epoch()) {
            run.sampleUniformly(labels, count);
        }
    }

    /** What the model needs to learn from new labels. */
    private void prepare(Run run, float[][] embeddings) {
        if (config.reweight()) {
            float[] weights = ClassWeights.of(labels, classes(run), config.reweightPow());
            HostCopy.write(weights, weights.length, run.weights().array(CLASS_WEIGHTS));
        }
        run.weights().renew("head", times);
        if (config.initMemory()) {
            memory(run).begin(embeddings, labels);
        }
    }

    private static Memory.Clusters.Samples memory(Run run) {
        Memory.Clusters memory = run.algorithm().memory().filter(Memory.Clusters.class::isInstance).map(Memory.Clusters.class::cast)
                .orElseThrow(() -> new UsageException("DeepClusterHook: init_memory needs a method with a memory of clusters, as ODC; set it to false"));
        Map<String, INDArray> state = new HashMap<>();
        run.weights().state().forEach((name, array) -> {
            if (name.startsWith(MEMORY)) {
                state.put(name.substring(MEMORY.length()), array);
            }
        });
        return memory.open(state);
    }

    @Override
    public State state() {
        if (labels == null) {
            return State.NONE;
        }
        INDArray kept = Nd4j.createFromArray(Arrays.stream(labels).asLongStream().toArray());
        return new State(Map.of("labels", kept), Map.of("clusters", new double[] {count}, "epoch", new double[] {epoch}, "times", new double[] {times}));
    }

    @Override
    public void restore(State state) {
        INDArray kept = state.tensors().get("labels");
        if (kept != null) {
            labels = Arrays.stream(kept.toLongVector()).mapToInt(label -> (int) label).toArray();
            count = (int) state.number("clusters", 0);
            epoch = (int) state.number("epoch", 0);
            times = (long) state.number("times", 0);
        }
    }

    /** {@code DeepClusterHook}. */
    @Component
    @TypeName(kind = "hook", name = "DeepClusterHook")
    public static final class Factory implements ComponentFactory<Hook, Config> {
        @Override
        public Hook create(Config config) {
            return new DeepClusterHook(config);
        }
    }
}
