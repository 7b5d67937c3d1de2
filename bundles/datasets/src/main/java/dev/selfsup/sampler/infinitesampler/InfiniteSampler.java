package dev.selfsup.sampler.infinitesampler;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Sampler;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Component;

/**
 * An endless stream of all images again and again, each time in another order, for runs by iteration. Of P processes
 * the n-th takes the places n, n + P, n + 2P ... of the stream. Passes follow on one another without a break: a batch
 * that begins in one is filled from the next, so the numbers of images in the passes of a process may differ by one.
 */
public final class InfiniteSampler implements Sampler {
    private final Config config;

    /**
     * Order.
     *
     * @param shuffle whether the order is random; otherwise it is the dataset's
     * @param seed seed of the order; the run's by default
     */
    public record Config(@Default("true") boolean shuffle, OptionalLong seed) {}

    /** From a config. */
    public InfiniteSampler(Config config) {
        this.config = config;
    }

    @Override
    public int[] indices(int size, int epoch, long seed, int rank, int worldSize) {
        int[] order = config.shuffle ? SampleRandom.permutation(size, config.seed.orElse(seed), epoch) : IntStream.range(0, size).toArray();
        int start = (int) Math.floorMod(rank - (long) epoch * size, (long) worldSize);      // the pass begins at place epoch * size
        return IntStream.iterate(start, i -> i < size, i -> i + worldSize).map(i -> order[i]).toArray();
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "sampler", name = "InfiniteSampler", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Sampler, Config> {
        @Override
        public Sampler create(Config config) {
            return new InfiniteSampler(config);
        }
    }
}
