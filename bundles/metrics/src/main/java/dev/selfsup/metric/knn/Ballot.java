package dev.selfsup.metric.knn;

import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Queries on their way to be classified by a bank that comes in parts, in order, and need not be in memory at once. What comes out does not depend on where the bank is
 * parted.
 */
public final class Ballot {
    private static final int QUERIES = 256;
    private static final int BANK = 8192;
    private static final float SMALLEST_NORM = 1e-12f;

    private final List<Integer> ks;
    private final List<Double> temperatures;
    private final Knn knn;
    private final Features queries;
    private final List<INDArray> chunks = new ArrayList<>();
    private final Neighbours[] neighbours;
    private long bank;
    private final TreeSet<Integer> classes = new TreeSet<>();

    Ballot(Knn knn, Features queries) {
        this.knn = knn;
        this.ks = knn.ks();
        this.temperatures = knn.temperatures();
        this.queries = queries;
        int count = queries.rows().length;
        if (count == 0) {
            throw new UsageException("kNN needs images to classify: there are none");
        }
        note(queries.labels());
        for (int start = 0; start < count; start += QUERIES) {
            chunks.add(normalised(queries.rows(), start, Math.min(start + QUERIES, count)));      // [Q, D]
        }
        int most = Collections.max(ks);
        this.neighbours = Stream.generate(() -> new Neighbours(most)).limit(count).toArray(Neighbours[]::new);
    }

    /**
     * Lets more of the bank vote.
     *
     * @param part labelled features
     * @throws UsageException if some have no label
     */
    public void add(Features part) {
        note(part.labels());
        for (int start = 0; start < part.rows().length; start += BANK) {
            int end = Math.min(start + BANK, part.rows().length);
            INDArray transposed = normalised(part.rows(), start, end).transpose();                // [D, M]
            int[] labels = Arrays.copyOfRange(part.labels(), start, end);
            for (int chunk = 0; chunk < chunks.size(); chunk++) {
                float[][] similarity = chunks.get(chunk).mmul(transposed).toFloatMatrix();        // [Q, M]
                int first = chunk * QUERIES;
                IntStream.range(0, similarity.length).parallel().forEach(q -> neighbours[first + q].offer(similarity[q], labels));
            }
        }
        bank += part.rows().length;
    }

    /** Images that are classified. */
    public int queries() {
        return neighbours.length;
    }

    /** Images of the bank so far. */
    public long bank() {
        return bank;
    }

    /**
     * Counts the votes.
     *
     * @return an accuracy for every k and, within it, every T, in the order given
     * @throws UsageException if the bank has fewer images than k
     */
    public List<Knn.Accuracy> accuracies() {
        knn.check(bank);
        int[] known = classes.stream().mapToInt(Integer::intValue).toArray();
        int[][][] right = new int[ks.size()][temperatures.size()][2];
        double[] votes = new double[known.length];
        for (int q = 0; q < neighbours.length; q++) {
            count(neighbours[q], number(known, queries.labels()[q]), known, votes, right);
        }
        List<Knn.Accuracy> result = new ArrayList<>();
        double total = neighbours.length;
        for (int i = 0; i < ks.size(); i++) {
            for (int j = 0; j < temperatures.size(); j++) {
                result.add(new Knn.Accuracy(ks.get(i), temperatures.get(j), right[i][j][0] * 100.0 / total, right[i][j][1] * 100.0 / total));
            }
        }
        return result;
    }

    /** A class by its place among those that there are: labels may be any numbers. */
    private static int number(int[] known, int label) {
        return Arrays.binarySearch(known, label);
    }

    private void count(Neighbours near, int target, int[] known, double[] votes, int[][][] right) {
        int[] voted = near.labels().map(label -> number(known, label)).toArray();
        for (int i = 0; i < ks.size(); i++) {
            for (int j = 0; j < temperatures.size(); j++) {
                Arrays.fill(votes, 0);
                for (int n = 0; n < ks.get(i); n++) {
                    // Relative to the nearest neighbour, so that no temperature overflows.
                    double distance = near.similarity(n) - near.similarity(0);
                    votes[voted[n]] += Math.exp(distance / temperatures.get(j));
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

    private void note(int... labels) {
        if (Arrays.stream(labels).anyMatch(label -> label < 0)) {
            throw new UsageException("kNN needs labelled images: put them into a folder for each class, or give an annotation file with labels");
        }
        Arrays.stream(labels).distinct().forEach(classes::add);
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
}
