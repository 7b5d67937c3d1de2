package dev.selfsup.clustering.kmeans;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Clustering;
import dev.selfsup.clustering.KMeans;
import dev.selfsup.clustering.Whitening;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/** K-means on whitened principal components of length 1, 20 rounds from rows chosen at random. No cluster stays empty. */
public final class Kmeans implements Clustering {
    /**
     * Options of the clustering.
     *
     * @param k clusters
     * @param pcaDim principal components that are clustered; -1 for the features as they are, brought to length 1
     */
    public record Config(int k, @Default("256") int pcaDim) {
        public Config {
            check(k > 0, "k must be positive, not %d", k);
            check(pcaDim > 0 || pcaDim == -1, "pca_dim must be positive, or -1 for none, not %d", pcaDim);
        }
    }

    private final Config config;

    private Kmeans(Config config) {
        this.config = config;
    }

    @Override
    public OptionalInt count() {
        return OptionalInt.of(config.k());
    }

    @Override
    public Clusters cluster(float[][] rows, RandomGenerator random, Consumer<String> words) {
        KMeans clusters = new KMeans(Whitening.of(rows, config.pcaDim()), config.k(), random);
        double[] losses = clusters.run();
        words.accept(String.format(Locale.ROOT, "k-means: squared distance to the centroid %.4f at first, %.4f after %d rounds", losses[0] / rows.length,
                losses[losses.length - 1] / rows.length, losses.length));
        return new Clusters(clusters.labels(), config.k());
    }

    /** {@code Kmeans}. */
    @Component
    @TypeName(kind = "clustering", name = "Kmeans")
    public static final class Factory implements ComponentFactory<Clustering, Config> {
        @Override
        public Clustering create(Config config) {
            return new Kmeans(config);
        }
    }
}
