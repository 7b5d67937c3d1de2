package dev.selfsup.sampler.defaultsampler;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Sampler;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Component;

/**
 * Every image once an epoch, in an order of its own for every seed and epoch: {@link SampleRandom#permutation}, whose
 * orders are not PyTorch's. With several processes, the n-th takes every n-th image.
 */
public final class DefaultSampler implements Sampler {
    private final Config config;

    /**
     * Order.
     *
     * @param shuffle whether the order is random; otherwise it is the dataset's
     * @param seed seed of the order; the run's by default
     * @param roundUp whether processes get the same number of images, some of them twice
     */
    public record Config(@Default("true") boolean shuffle, OptionalLong seed, @Default("true") boolean roundUp) {}

    /** From a config. */
    public DefaultSampler(Config config) {
        this.config = config;
    }

    @Override
    public int[] indices(int size, int epoch, long seed, int rank, int worldSize) {
        if (size == 0) {
            return new int[0];
        }
        int[] order = config.shuffle ? SampleRandom.permutation(size, config.seed.orElse(seed), epoch) : IntStream.range(0, size).toArray();
        int total = config.roundUp ? (size + worldSize - 1) / worldSize * worldSize : size;
        return IntStream.iterate(rank, i -> i < total, i -> i + worldSize).map(i -> order[i % size]).toArray();
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "sampler", name = "DefaultSampler", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Sampler, Config> {
        @Override
        public Sampler create(Config config) {
            return new DefaultSampler(config);
        }
    }
}
