package dev.selfsup.clustering.pic;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Clustering;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.clustering.Neighbours;
import dev.selfsup.clustering.PowerIteration;
import dev.selfsup.clustering.Whitening;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Power iteration clustering on the graph of nearest neighbours of whitened principal components. It finds the number of clusters itself, so the head needs as many classes as there may ever
 * be. All images are compared with all others: meant for some hundred thousand at most.
 */
public final class PIC implements Clustering {
    /**
     * Options of the clustering.
     *
     * @param args has no effect, as in the reference
     * @param sigma width of the Gaussian that makes edges of distances
     * @param nnn nearest neighbours of an image
     * @param alpha share of the random walk that does not start again
     * @param distributeSingletons whether an image alone is put to the cluster of its nearest neighbour that is not alone
     * @param pcaDim principal components that are clustered; -1 for the features as they are, brought to length 1
     */
    public record Config(Optional<Object> args, @Default("0.2") double sigma, @Default("5") int nnn, @Default("0.001") double alpha,
            @Default("true") boolean distributeSingletons, @Default("256") int pcaDim) {
        public Config {
            check(sigma > 0, "sigma must be positive, not %s", sigma);
            check(nnn > 0, "nnn must be positive, not %d", nnn);
            check(alpha > 0 && alpha < 1, "alpha must be between 0 and 1, not %s", alpha);
            check(pcaDim > 0 || pcaDim == -1, "pca_dim must be positive, or -1 for none, not %d", pcaDim);
        }
    }

    private final Config config;

    private PIC(Config config) {
        this.config = config;
    }

    @Override
    public OptionalInt count() {
        return OptionalInt.empty();
    }

    @Override
    public Clusters cluster(float[][] rows, RandomGenerator random, Consumer<String> words) {
        if (rows.length <= config.nnn()) {
            throw new UsageException("clustering.nnn is " + config.nnn() + ", but there are only " + rows.length + " images to be clustered: lower it");
        }
        PowerIteration iteration = new PowerIteration(Neighbours.of(Whitening.of(rows, config.pcaDim()), config.nnn()), config.sigma(), config.alpha());
        Clusters found = iteration.clusters();
        Clusters clusters = config.distributeSingletons() ? iteration.withoutSingles(found) : found;
        words.accept("power iteration clustering: " + clusters.count() + " clusters");
        return clusters;
    }

    /** {@code PIC}. */
    @Component
    @TypeName(kind = "clustering", name = "PIC")
    public static final class Factory implements ComponentFactory<Clustering, Config> {
        @Override
        public Clustering create(Config config) {
            return new PIC(config);
        }
    }
}
