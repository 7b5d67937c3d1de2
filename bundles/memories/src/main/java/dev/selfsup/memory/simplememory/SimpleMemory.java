package dev.selfsup.memory.simplememory;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Memory;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.Normalize;
import dev.selfsup.engine.op.PutRows;
import dev.selfsup.memory.aliasmethod.AliasMethod;
import java.util.random.RandomGenerator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * A running average of every image's feature on the unit sphere (Wu et al. 2018, <a href="https://arxiv.org/abs/1805.01978">arXiv:1805.01978</a>), at first random.
 * Buffers {@code feature_bank} [L, D], and {@code multinomial.prob} and {@code multinomial.alias} [L], the tables by which {@link AliasMethod} draws images.
 */
public final class SimpleMemory implements Memory.Instances {
    private static final double SMALLEST_LENGTH = 1e-12;
    private static final int MOST_IMAGES = 1 << 24;

    /**
     * Options of the memory.
     *
     * @param length images that are remembered, L: at least those of the training set
     * @param featDim numbers of a feature, D
     * @param momentum m: the feature of an image becomes {@code (1 - m) old + m new}, brought to length 1
     */
    public record Config(int length, int featDim, double momentum) {
        public Config {
            check(length > 0 && featDim > 0, "length and feat_dim must be positive, not %d and %d", length, featDim);
            check(length <= MOST_IMAGES, "length must be at most %d, not %d: places of images are drawn in single precision", MOST_IMAGES, length);
            check(momentum >= 0 && momentum <= 1, "momentum must be from 0 to 1, not %s", momentum);
        }
    }

    private final Config config;

    private SimpleMemory(Config config) {
        this.config = config;
    }

    @Override
    public int length() {
        return config.length();
    }

    @Override
    public Bank build(Graph graph) {
        SDVariable features = graph.buffer("feature_bank", DataType.FLOAT, SimpleMemory::directions, config.length(), config.featDim());
        AliasMethod images = AliasMethod.even(config.length());
        Graph multinomial = graph.in("multinomial");
        multinomial.buffer("prob", DataType.FLOAT, (values, shape, random) -> System.arraycopy(images.keep(), 0, values, 0, values.length), config.length());
        multinomial.buffer("alias", DataType.INT64, Fill.ZEROS, config.length());    // nobody's share is taken by another
        return new Built(graph, features, config, images);
    }

    /** Random directions, [L, D]. */
    private static void directions(float[] values, long[] shape, RandomGenerator random) {
        Fill.normal(0, 1).fill(values, shape, random);
        int width = (int) shape[1];
        for (int row = 0; row < values.length; row += width) {
            double squares = 0;
            for (int i = row; i < row + width; i++) {
                squares += (double) values[i] * values[i];
            }
            double length = Math.max(Math.sqrt(squares), SMALLEST_LENGTH);
            for (int i = row; i < row + width; i++) {
                values[i] = (float) (values[i] / length);
            }
        }
    }

    private record Built(Graph graph, SDVariable features, Config config, AliasMethod images) implements Bank {
        @Override
        public SDVariable own(SDVariable index) {
            return graph.draw(new Own(), index, graph.shape(index));
        }

        @Override
        public SDVariable others(SDVariable index, int count, boolean ensured) {
            return graph.draw(new Others(images, count, ensured), index, graph.shape(index)[0] * count);
        }

        @Override
        public void update(SDVariable index, SDVariable features) {
            SDVariable all = graph.allGather(index);                                 // [N]
            SDVariable fresh = graph.allGather(normalized(features));                // [N, D]
            SDVariable old = graph.apply(new GatherRows(), this.features, all);      // [N, D]
            SDVariable average = old.mul(1 - config.momentum()).add(fresh.mul(config.momentum()));
            graph.assignAfter("feature_bank", graph.apply(new PutRows(), this.features, all, normalized(average)));
        }

        private SDVariable normalized(SDVariable rows) {
            return graph.applyAll(new Normalize(SMALLEST_LENGTH), rows).get(0);
        }
    }

    /** {@code SimpleMemory}. */
    @Component
    @TypeName(kind = "memory", name = "SimpleMemory")
    public static final class Factory implements ComponentFactory<Memory, Config> {
        @Override
        public Memory create(Config config) {
            return new SimpleMemory(config);
        }
    }
}
