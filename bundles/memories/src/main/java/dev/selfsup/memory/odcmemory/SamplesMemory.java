package dev.selfsup.memory.odcmemory;

import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.model.Memory;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.clustering.KMeans;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The samples and centroids of an {@link ODCMemory} outside of the graph. Features are read in blocks of rows, for they may fill gigabytes. Images that cannot be used have the
 * label -1 and no feature; they are in no cluster.
 */
final class SamplesMemory implements Memory.Clusters.Samples {
    /** Added to lengths that are divided by. */
    static final double SMALLEST_LENGTH = 1e-10;
    private static final int BLOCK = 4096;
    private static final int TRIES = 10;

    private final INDArray features;
    private final INDArray centroids;
    private final HostMemory bank;
    private final long[] labels;
    private final int clusters;
    private final int width;
    private final int smallest;

    SamplesMemory(INDArray features, INDArray labels, INDArray centroids, int smallest) {
        this.features = features;
        this.centroids = centroids;
        this.bank = new HostMemory(labels);
        this.labels = new long[(int) labels.length()];
        this.clusters = (int) centroids.size(0);
        this.width = (int) centroids.size(1);
        this.smallest = smallest;
    }

    @Override
    public int[] labels() {
        bank.read(labels);
        return Arrays.stream(labels).mapToInt(label -> (int) label).toArray();
    }

    private static int[] sizes(long[] labels, int clusters) {
        int[] sizes = new int[clusters];
        for (long label : labels) {
            if (label >= 0) {
                sizes[(int) label]++;
            }
        }
        return sizes;
    }

    @Override
    public void begin(float[][] rows, int[] first) {
        fits(rows.length == labels.length && first.length == labels.length, "memory_bank.length is %d, but %d images are clustered: set it to their number",
                labels.length, rows.length);
        fits(Arrays.stream(rows).allMatch(row -> row == null || row.length == width), "memory_bank.feat_dim is %d, but features have %d numbers", width,
                Arrays.stream(rows).filter(row -> row != null).mapToInt(row -> row.length).max().orElse(0));
        fits(Arrays.stream(first).allMatch(label -> label < clusters), "memory_bank.num_classes is %d, but there are more clusters: set it to their number", clusters);
        Arrays.setAll(labels, i -> rows[i] == null ? -1 : first[i]);
        fits(Arrays.stream(sizes(labels, clusters)).allMatch(size -> size > 0),
                "memory_bank.num_classes is %d, but not that many clusters have images: lower it, and the number of clusters with it", clusters);
        bank.write(labels);
        for (int i = 0; i < rows.length; i++) {
            HostCopy.write(rows[i] == null ? new float[width] : unit(rows[i]), width, Views.at(features, (long) i * width, width));
        }
        updateCentroids();
    }

    private static void fits(boolean rule, String message, Object... arguments) {
        if (!rule) {
            throw new UsageException("model." + String.format(Locale.ROOT, message, arguments));
        }
    }

    private static float[] unit(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        double length = Math.sqrt(squares) + SMALLEST_LENGTH;
        float[] unit = new float[row.length];
        for (int d = 0; d < row.length; d++) {
            unit[d] = (float) (row[d] / length);
        }
        return unit;
    }

    @Override
    public void updateCentroids() {
        bank.read(labels);
        double[] sums = new double[clusters * width];
        for (int start = 0; start < labels.length; start += BLOCK) {
            int rows = Math.min(BLOCK, labels.length - start);
            float[] block = HostCopy.read(Views.at(features, (long) start * width, (long) rows * width));
            for (int i = 0; i < rows; i++) {
                int to = (int) labels[start + i] * width;
                for (int d = 0; d < width && to >= 0; d++) {
                    sums[to + d] += block[i * width + d];
                }
            }
        }
        int[] sizes = sizes(labels, clusters);
        float[] means = HostCopy.read(centroids);
        for (int i = 0; i < means.length; i++) {
            means[i] = sizes[i / width] == 0 ? means[i] : (float) (sums[i] / sizes[i / width]);
        }
        HostCopy.write(means, means.length, centroids);
    }

    @Override
    public int dissolveSmallClusters() {
        bank.read(labels);
        int[] sizes = sizes(labels, clusters);
        int[] small = IntStream.range(0, clusters).filter(k -> sizes[k] < smallest).toArray();
        if (small.length == 0) {
            return 0;
        }
        int[] kept = IntStream.range(0, clusters).filter(k -> sizes[k] >= smallest).toArray();
        if (kept.length == 0) {
            throw new UsageException("all " + clusters + " clusters have fewer than " + smallest + " of the " + labels.length
                    + " images: lower model.memory_bank.min_cluster or num_classes");
        }
        float[] means = HostCopy.read(centroids);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0 && sizes[(int) labels[i]] < smallest) {
                labels[i] = nearest(row(i), means, kept);
            }
        }
        for (int empty : small) {
            split(empty);
        }
        bank.write(labels);
        return small.length;
    }

    private float[] row(int image) {
        return HostCopy.read(Views.at(features, (long) image * width, width));
    }

    private int nearest(float[] row, float[] means, int[] among) {
        int best = among[0];
        double most = Double.NEGATIVE_INFINITY;
        for (int k : among) {
            double similarity = 0;
            for (int d = 0; d < width; d++) {
                similarity += (double) row[d] * means[k * width + d];
            }
            if (similarity > most) {
                most = similarity;
                best = k;
            }
        }
        return best;
    }

    /** Gives half of the largest cluster to an empty one. */
    private void split(int empty) {
        int[] sizes = sizes(labels, clusters);
        int largest = IntStream.range(0, clusters).reduce((a, b) -> sizes[b] > sizes[a] ? b : a).orElseThrow();
        int[] members = IntStream.range(0, labels.length).filter(i -> labels[i] == largest).toArray();
        float[][] rows = Arrays.stream(members).mapToObj(this::row).toArray(float[][]::new);
        int[] halves = halves(rows);
        for (int i = 0; i < members.length; i++) {
            labels[members[i]] = halves[i] == 0 ? largest : empty;
        }
        mean(rows, halves, 0, largest);
        mean(rows, halves, 1, empty);
    }

    /** The half, 0 or 1, of each of some features: the best of some tries of k-means, or every second where all are alike. The same features always give the same halves. */
    private static int[] halves(float[][] rows) {
        if (Arrays.stream(rows).allMatch(row -> Arrays.equals(row, rows[0]))) {
            return IntStream.range(0, rows.length).map(i -> i % 2).toArray();
        }
        RandomGenerator random = SampleRandom.of(0, rows.length);
        int[] best = {};
        double least = Double.POSITIVE_INFINITY;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            KMeans halves = new KMeans(rows, 2, random);
            double[] losses = halves.run();
            if (losses[losses.length - 1] < least) {
                least = losses[losses.length - 1];
                best = halves.labels();
            }
        }
        return best;
    }

    private void mean(float[][] rows, int[] halves, int half, int cluster) {
        double[] sum = new double[width];
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            if (halves[i] == half) {
                count++;
                for (int d = 0; d < width; d++) {
                    sum[d] += rows[i][d];
                }
            }
        }
        float[] mean = new float[width];
        for (int d = 0; d < width; d++) {
            mean[d] = (float) (sum[d] / count);
        }
        HostCopy.write(mean, width, Views.at(centroids, (long) cluster * width, width));
    }
}
