package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.osgi.annotation.versioning.ConsumerType;

/** Finds groups of rows that are alike: the {@code clustering} of a hook. */
@Kind("clustering")
@ConsumerType
public interface Clustering {
    /**
     * Groups rows.
     *
     * @param rows [N][D], left as they are; at least one
     * @param random source of all random choices: equal choices give equal clusters
     * @param words told lines for the user
     * @return the groups
     * @throws UsageException if there are too few rows, or numbers among them that are not finite
     */
    Clusters cluster(float[][] rows, RandomGenerator random, Consumer<String> words);

    /** The number of clusters, those without rows among them; empty where it depends on the rows. */
    OptionalInt count();

    /**
     * Groups of rows.
     *
     * @param labels cluster of each row, from 0
     * @param count number of clusters, those without rows among them
     */
    record Clusters(int[] labels, int count) {}
}
