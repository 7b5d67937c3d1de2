package dev.selfsup.clustering;

import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Lloyd's k-means as Faiss has it (Johnson et al. 2017, <a href="https://arxiv.org/abs/1702.08734">arXiv:1702.08734</a>): it begins with rows chosen at random, goes on for a fixed number of
 * rounds, and gives a cluster that has become empty half of a larger one. In the end no cluster is empty. The result does not depend on the number of threads that add up means.
 *
 * <pre>{@code
 * KMeans clusters = new KMeans(rows, 100, random);
 * double[] losses = clusters.run();
 * int[] labels = clusters.labels();
 * }</pre>
 */
public final class KMeans {
    private static final int ROUNDS = 20;
    /** By which the halves of a cluster differ. */
    private static final float APART = 1f / 1024;

    private final float[][] rows;
    private final RandomGenerator random;
    private final float[][] centroids;
    private final int[] labels;
    private final float[] distances;

    /**
     * Clusters to be found.
     *
     * @param rows [N][D]
     * @param count clusters, at most N
     * @param random source of the choices
     * @throws UsageException if there are fewer rows than clusters
     */
    public KMeans(float[][] rows, int count, RandomGenerator random) {
        if (rows.length < count) {
            throw new UsageException("clustering.k is " + count + ", but there are only " + rows.length + " images to be clustered: lower it, and the number of classes of the head with it");
        }
        this.rows = rows;
        this.random = random;
        this.centroids = beginnings(count);
        this.labels = new int[rows.length];
        this.distances = new float[rows.length];
    }

    private float[][] beginnings(int count) {
        int[] order = IntStream.range(0, rows.length).toArray();
        float[][] chosen = new float[count][];
        for (int k = 0; k < count; k++) {
            int j = k + random.nextInt(order.length - k);
            chosen[k] = rows[order[j]].clone();
            order[j] = order[k];
        }
        return chosen;
    }

    /**
     * Finds the clusters.
     *
     * @return for every round the sum of squared distances of rows to their centroids
     */
    public double[] run() {
        double[] losses = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            losses[round] = assign();
            int[] sizes = update();
            split(sizes);
        }
        assign();
        fill();
        return losses;
    }

    /** Cluster of each row, from 0. */
    public int[] labels() {
        return labels;
    }

    /** Every row to the nearest centroid, of equal ones the first. */
    private double assign() {
        Arrays.fill(distances, Float.POSITIVE_INFINITY);
        Nearest.visit(rows, centroids, (row, first, count, all, offset) -> {
            for (int p = 0; p < count; p++) {
                if (all[offset + p] < distances[row]) {
                    distances[row] = all[offset + p];
                    labels[row] = first + p;
                }
            }
        });
        double loss = 0;
        for (float distance : distances) {
            loss += distance;
        }
        return loss;
    }

    /** Centroids become the means of their rows, added up in order. */
    private int[] update() {
        int[][] members = members();
        IntStream.range(0, centroids.length).parallel().filter(k -> members[k].length > 0).forEach(k -> {
            double[] sum = new double[centroids[k].length];
            for (int row : members[k]) {
                for (int d = 0; d < sum.length; d++) {
                    sum[d] += rows[row][d];
                }
            }
            for (int d = 0; d < sum.length; d++) {
                centroids[k][d] = (float) (sum[d] / members[k].length);
            }
        });
        return Arrays.stream(members).mapToInt(rowsOf -> rowsOf.length).toArray();
    }

    private int[] sizes() {
        int[] sizes = new int[centroids.length];
        for (int label : labels) {
            sizes[label]++;
        }
        return sizes;
    }

    private int[][] members() {
        int[] sizes = sizes();
        int[][] members = new int[centroids.length][];
        Arrays.setAll(members, k -> new int[sizes[k]]);
        for (int row = rows.length - 1; row >= 0; row--) {
            members[labels[row]][--sizes[labels[row]]] = row;
        }
        return members;
    }

    /** Gives every empty cluster half of another, chosen the more likely the larger it is. */
    private void split(int[] sizes) {
        for (int k = 0; k < sizes.length; k++) {
            long spare = Arrays.stream(sizes).filter(size -> size > 1).mapToLong(size -> size - 1).sum();
            if (sizes[k] > 0 || spare == 0) {
                continue;
            }
            int donor = donor(sizes, (long) (random.nextDouble() * spare));
            for (int d = 0; d < centroids[k].length; d++) {
                float part = d % 2 == 0 ? APART : -APART;
                centroids[k][d] = centroids[donor][d] * (1 + part);
                centroids[donor][d] *= 1 - part;
            }
            sizes[k] = sizes[donor] / 2;
            sizes[donor] -= sizes[k];
        }
    }

    private static int donor(int[] sizes, long place) {
        long left = place;
        int k = 0;
        while (left >= Math.max(0, sizes[k] - 1)) {
            left -= Math.max(0, sizes[k] - 1);
            k++;
        }
        return k;
    }

    /** Gives every empty cluster the row of the largest one that lies farthest from its centroid. */
    private void fill() {
        int[] sizes = sizes();
        for (int empty = 0; empty < sizes.length; empty++) {
            if (sizes[empty] > 0) {
                continue;
            }
            int largest = IntStream.range(0, sizes.length).reduce((a, b) -> sizes[b] > sizes[a] ? b : a).orElseThrow();
            int farthest = IntStream.range(0, rows.length).filter(row -> labels[row] == largest).reduce((a, b) -> distances[b] > distances[a] ? b : a).orElseThrow();
            labels[farthest] = empty;
            distances[farthest] = 0;
            sizes[largest]--;
            sizes[empty]++;
        }
    }
}
