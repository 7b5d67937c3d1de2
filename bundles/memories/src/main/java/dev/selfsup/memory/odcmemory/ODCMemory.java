package dev.selfsup.memory.odcmemory;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Memory;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ArgMax;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.PutRows;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.service.component.annotations.Component;

/**
 * The two memories of online deep clustering (Zhan et al. 2020, <a href="https://arxiv.org/abs/2006.10645">arXiv:2006.10645</a>): of every sample a running average of
 * its feature, of length 1, and its cluster; of every cluster its centroid. Buffers {@code feature_bank} [L, D], {@code label_bank} int64 [L] and
 * {@code centroids} [K, D], zero until a hook has clustered the training set.
 */
public final class ODCMemory implements Memory.Clusters {
    /**
     * Options of the memory.
     *
     * @param length images that are remembered, L: those of the training set
     * @param featDim numbers of a feature, D
     * @param momentum m: the feature of an image becomes {@code (1 - m) old + m new}, brought to length 1
     * @param numClasses clusters, K
     * @param minCluster images that a cluster must have; smaller ones are dissolved
     * @param debug whether the hook tells how many clusters it dissolves
     */
    public record Config(int length, int featDim, double momentum, int numClasses, int minCluster, @Default("false") boolean debug) {
        public Config {
            check(length > 0 && featDim > 0, "length and feat_dim must be positive, not %d and %d", length, featDim);
            check(momentum >= 0 && momentum <= 1, "momentum must be from 0 to 1, not %s", momentum);
            check(numClasses > 0 && minCluster >= 0, "num_classes must be positive and min_cluster not negative, not %d and %d", numClasses, minCluster);
            check(numClasses <= length, "num_classes must be at most length, %d, not %d: every cluster needs an image", length, numClasses);
        }
    }

    private final Config config;

    private ODCMemory(Config config) {
        this.config = config;
    }

    @Override
    public int length() {
        return config.length();
    }

    @Override
    public int clusters() {
        return config.numClasses();
    }

    @Override
    public boolean verbose() {
        return config.debug();
    }

    @Override
    public Bank build(Graph graph) {
        SDVariable centroids = graph.buffer("centroids", DataType.FLOAT, Fill.ZEROS, config.numClasses(), config.featDim());
        SDVariable features = graph.buffer("feature_bank", DataType.FLOAT, Fill.ZEROS, config.length(), config.featDim());
        SDVariable labels = graph.buffer("label_bank", DataType.INT64, Fill.ZEROS, config.length());
        return new Built(graph, config, centroids, features, labels.reshape(config.length(), 1));
    }

    @Override
    public Samples open(Map<String, INDArray> state) {
        return new SamplesMemory(state.get("feature_bank"), state.get("label_bank"), state.get("centroids"), config.minCluster());
    }

    /** Buffers as variables: centroids [K, D], features [L, D], clusters [L, 1]. */
    private record Built(Graph graph, Config config, SDVariable centroids, SDVariable features, SDVariable clusters) implements Bank {
        @Override
        public SDVariable labels(SDVariable index) {
            return graph.apply(new GatherRows(), clusters, index).reshape(graph.shape(index));
        }

        @Override
        public SDVariable update(SDVariable index, SDVariable features) {
            SDVariable all = graph.allGather(index);                                                          // [N]
            SDVariable fresh = graph.allGather(unit(features));                                               // [N, D]
            SDVariable old = graph.apply(new GatherRows(), this.features, all);                               // [N, D]
            SDVariable average = unit(old.mul(1 - config.momentum()).add(fresh.mul(config.momentum())));      // [N, D]
            SDVariable nearest = graph.apply(new ArgMax(), graph.matmul(average, centroids, false, true));    // [N]
            graph.assignAfter("feature_bank", graph.apply(new PutRows(), this.features, all, average));
            graph.assignAfter("label_bank", graph.apply(new PutRows(), clusters, all, nearest.reshape(graph.shape(all)[0], 1)));
            SDVariable moved = real(nearest).sub(real(labels(all)));                                          // [N]
            return graph.math().sign(graph.math().abs(moved)).mean();
        }

        private SDVariable real(SDVariable labels) {
            return labels.castTo(features.dataType());
        }

        /** Rows brought to length 1. */
        private SDVariable unit(SDVariable rows) {
            return rows.div(graph.math().sqrt(rows.mul(rows).sum(true, 1)).add(SamplesMemory.SMALLEST_LENGTH));
        }
    }

    /** {@code ODCMemory}. */
    @Component
    @TypeName(kind = "memory", name = "ODCMemory")
    public static final class Factory implements ComponentFactory<Memory, Config> {
        @Override
        public Memory create(Config config) {
            return new ODCMemory(config);
        }
    }
}
