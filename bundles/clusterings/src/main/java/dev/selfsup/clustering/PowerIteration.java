package dev.selfsup.clustering;

import dev.selfsup.api.run.Clustering.Clusters;
import java.util.Arrays;

/**
 * Power iteration clustering (Lin and Cohen 2010, as in the appendix of Caron et al. 2018, <a href="https://arxiv.org/abs/1807.05520">arXiv:1807.05520</a>): a random walk on a graph
 * of neighbours that starts again everywhere with probability 1 - alpha gives every row a height; a cluster is what leads up to the same summit.
 *
 * @param neighbours neighbours of each row
 * @param sigma width of the Gaussian that makes edges of distances
 * @param alpha share of the walk that does not start again
 */
public record PowerIteration(Neighbours neighbours, double sigma, double alpha) {
    private static final int ROUNDS = 200;

    /** Finds the clusters, numbered in the order of their summits. */
    public Clusters clusters() {
        Affinities graph = neighbours.affinities(sigma);
        int[] up = graph.steepest(heights(graph));
        int[] labels = new int[up.length];
        int count = 0;
        for (int i = 0; i < up.length; i++) {
            labels[i] = up[i] == i ? count++ : -1;
        }
        for (int i = 0; i < up.length; i++) {
            int summit = i;
            while (up[summit] != summit) {
                summit = up[summit];
            }
            labels[i] = labels[summit];
        }
        return new Clusters(labels, count);
    }

    private double[] heights(Affinities graph) {
        double[] v = new double[graph.size()];
        Arrays.fill(v, 1.0 / v.length);
        for (int round = 0; round < ROUNDS; round++) {
            double[] next = graph.times(v);
            double sum = 0;
            for (int i = 0; i < next.length; i++) {
                next[i] = alpha * next[i] + (1 - alpha) / next.length;
                sum += next[i];
            }
            for (int i = 0; i < next.length; i++) {
                next[i] /= sum;
            }
            v = next;
        }
        return v;
    }

    /** Puts every row that is a cluster of its own to that of its nearest neighbour which is not, if there is one; clusters are numbered anew. */
    public Clusters withoutSingles(Clusters clusters) {
        int[] sizes = new int[clusters.count()];
        for (int label : clusters.labels()) {
            sizes[label]++;
        }
        int[] labels = clusters.labels().clone();
        for (int i = 0; i < labels.length; i++) {
            if (sizes[clusters.labels()[i]] == 1) {
                int own = labels[i];
                labels[i] = Arrays.stream(neighbours.rows()[i]).map(j -> clusters.labels()[j]).filter(label -> sizes[label] > 1).findFirst().orElse(own);
            }
        }
        int[] kept = Arrays.stream(labels).distinct().sorted().toArray();
        Arrays.setAll(labels, i -> Arrays.binarySearch(kept, labels[i]));
        return new Clusters(labels, kept.length);
    }
}
