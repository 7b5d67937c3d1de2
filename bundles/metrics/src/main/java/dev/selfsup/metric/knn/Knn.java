package dev.selfsup.metric.knn;

import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weighted k-nearest-neighbour classifier (Unsupervised Feature Learning via Non-Parametric Instance
 * Discrimination, Wu et al., CVPR 2018): features are L2-normalised, similarity is the cosine, and each of the k most
 * similar bank images votes for its class with weight {@code exp(similarity / T)}.
 *
 * <pre>{@code
 * Knn knn = new Knn(List.of(20), List.of(0.07));
 * double top1 = knn.evaluate(train, val).get(0).top1();   // percent
 * }</pre>
 *
 * <p>Equal similarities are taken in the order of the bank, equal votes in the order of classes. All k and T share one
 * pass over the similarities.
 */
public final class Knn {
    private static final int CHUNK = 256;
    private static final float SMALLEST_NORM = 1e-12f;

    private final List<Integer> ks;
    private final List<Double> temperatures;

    /**
     * Accuracy in percent.
     *
     * @param k neighbours that vote
     * @param temperature T of the votes
     * @param top1 queries whose class has the most votes
     * @param top5 queries whose class is among the {@code min(5, k)} with the most votes
     */
    public record Accuracy(int k, double temperature, double top1, double top5) {}

    /**
     * A classifier for some k and T.
     *
     * @param ks neighbours that vote, each at least 1
     * @param temperatures T of the votes, each above 0
     * @throws IllegalArgumentException if one is not
     */
    public Knn(List<Integer> ks, List<Double> temperatures) {
        if (ks.isEmpty() || ks.stream().anyMatch(k -> k < 1)) {
            throw new IllegalArgumentException("k must be at least 1, not " + ks);
        }
        if (temperatures.isEmpty() || temperatures.stream().anyMatch(t -> !(t > 0))) {
            throw new IllegalArgumentException("T must be above 0, not " + temperatures);
        }
        this.ks = List.copyOf(ks);
        this.temperatures = List.copyOf(temperatures);
    }

    /** The protocol in a line, to be shown with its result. */
    public static String protocol(int k, double temperature, int queries, int bank) {
        return "kNN k=%d, T=%s, cosine, L2-normalised features, %d queries, %d bank images".formatted(k, temperature, queries, bank);
    }

    /**
     * Classifies queries by a bank.
     *
     * @param bank labelled features
     * @param queries labelled features
     * @return an accuracy for every k and, within it, every T, in the order given
     * @throws UsageException if there are no queries, fewer bank images than k, or images without a label
     */
    public List<Accuracy> evaluate(Features bank, Features queries) {
        int most = check(bank, queries);
        int classes = 1 + Math.max(Arrays.stream(bank.labels()).max().orElse(0), Arrays.stream(queries.labels()).max().orElse(0));
        Neighbours neighbours = new Neighbours(most);
        int[][][] right = new int[ks.size()][temperatures.size()][2];
        double[] votes = new double[classes];
        INDArray transposed = normalised(bank.rows(), 0, bank.rows().length).transpose(); // [D, M]
        for (int start = 0; start < queries.rows().length; start += CHUNK) {
            int end = Math.min(start + CHUNK, queries.rows().length);
            float[][] similarity = normalised(queries.rows(), start, end).mmul(transposed).toFloatMatrix(); // [Q, M]
            for (int q = start; q < end; q++) {
                neighbours.find(similarity[q - start]);
                count(neighbours, bank.labels(), queries.labels()[q], votes, right);
            }
        }
        return accuracies(right, queries.rows().length);
    }

    private int check(Features bank, Features queries) {
        int most = ks.stream().max(Integer::compare).orElseThrow();
        if (queries.rows().length == 0) {
            throw new UsageException("kNN needs images to classify: there are none");
        }
        if (bank.rows().length < most) {
            throw new UsageException("kNN with k=" + most + " needs at least as many bank images: there are " + bank.rows().length
                    + "; choose a smaller k");
        }
        if (Arrays.stream(bank.labels()).anyMatch(l -> l < 0) || Arrays.stream(queries.labels()).anyMatch(l -> l < 0)) {
            throw new UsageException(
                    "kNN needs labelled images: put them into a folder for each class, or give an annotation file with labels");
        }
        return most;
    }

    /** Rows scaled to length 1, [end - start, D]. */
    private static INDArray normalised(float[][] rows, int start, int end) {
        float[][] result = new float[end - start][];
        for (int i = start; i < end; i++) {
            double squares = 0;
            for (float v : rows[i]) {
                squares += (double) v * v;
            }
            float norm = Math.max((float) Math.sqrt(squares), SMALLEST_NORM);
            float[] row = rows[i].clone();
            for (int j = 0; j < row.length; j++) {
                row[j] /= norm;
            }
            result[i - start] = row;
        }
        return Nd4j.createFromArray(result);
    }

    private void count(Neighbours neighbours, int[] labels, int target, double[] votes, int[][][] right) {
        for (int i = 0; i < ks.size(); i++) {
            for (int j = 0; j < temperatures.size(); j++) {
                Arrays.fill(votes, 0);
                for (int n = 0; n < ks.get(i); n++) {
                    // Relative to the nearest neighbour, so that no temperature overflows.
                    double distance = neighbours.similarity(n) - neighbours.similarity(0);
                    votes[labels[neighbours.index(n)]] += Math.exp(distance / temperatures.get(j));
                }
                int rank = rank(votes, target);
                right[i][j][0] += rank == 0 ? 1 : 0;
                right[i][j][1] += rank < Math.min(5, ks.get(i)) ? 1 : 0;
            }
        }
    }

    private static int rank(double[] votes, int target) {
        int rank = 0;
        for (int c = 0; c < votes.length; c++) {
            if (votes[c] > votes[target] || votes[c] == votes[target] && c < target) {
                rank++;
            }
        }
        return rank;
    }

    private List<Accuracy> accuracies(int[][][] right, int total) {
        List<Accuracy> result = new ArrayList<>();
        for (int i = 0; i < ks.size(); i++) {
            for (int j = 0; j < temperatures.size(); j++) {
                result.add(new Accuracy(ks.get(i), temperatures.get(j), right[i][j][0] * 100.0 / total, right[i][j][1] * 100.0 / total));
            }
        }
        return result;
    }
}
