package dev.selfsup.sampler.deepclustersampler;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Sampler;
import dev.selfsup.api.run.UsageException;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Component;

/**
 * Every image once an epoch, or as many images drawn with replacement; and, where DeepClusterHook wants it, images of all clusters equally often (Caron et al. 2018,
 * <a href="https://arxiv.org/abs/1807.05520">arXiv:1807.05520</a>, section 3.3). Orders are not PyTorch's. With several processes, the n-th takes every n-th image.
 */
public final class DeepClusterSampler implements Sampler {
    private final Config config;

    /**
     * Order.
     *
     * @param shuffle whether the order is random; otherwise it is the dataset's
     * @param seed seed of the order; the run's by default
     * @param replace whether a shuffled order is drawn with replacement, so that an image may come several times or not at all
     * @param roundUp whether processes get the same number of images, some of them twice
     */
    public record Config(@Default("true") boolean shuffle, OptionalLong seed, @Default("false") boolean replace, @Default("true") boolean roundUp) {}

    /** From a config. */
    public DeepClusterSampler(Config config) {
        this.config = config;
    }

    @Override
    public int[] indices(int size, int epoch, long seed, int rank, int worldSize) {
        return shared(order(size, epoch, config.seed.orElse(seed)), size, rank, worldSize);
    }

    private int[] order(int size, int epoch, long seed) {
        if (!config.shuffle) {
            return IntStream.range(0, size).toArray();
        }
        SampleRandom random = SampleRandom.of(seed, epoch, 1);
        return config.replace ? IntStream.range(0, size).map(i -> random.nextInt(size)).toArray() : SampleRandom.permutation(size, seed, epoch);
    }

    @Override
    public Sampler uniform(int[] labels, int classes) {
        if (!config.shuffle) {
            throw new UsageException("unif_sampling needs a random order: set train_dataloader.sampler.shuffle: true");
        }
        Clusters clusters = Clusters.of(labels, classes);
        return (size, epoch, seed, rank, worldSize) -> shared(clusters.drawn(SampleRandom.of(config.seed.orElse(seed), epoch, 2)), size, rank, worldSize);
    }

    /** The share of a process in an order, which is gone through again where it is too short. */
    private int[] shared(int[] order, int size, int rank, int worldSize) {
        int total = config.roundUp ? (size + worldSize - 1) / worldSize * worldSize : size;
        return order.length == 0 ? order : IntStream.iterate(rank, i -> i < total, i -> i + worldSize).map(i -> order[i % order.length]).toArray();
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "sampler", name = "DeepClusterSampler")
    public static final class Factory implements ComponentFactory<Sampler, Config> {
        @Override
        public Sampler create(Config config) {
            return new DeepClusterSampler(config);
        }
    }
}
