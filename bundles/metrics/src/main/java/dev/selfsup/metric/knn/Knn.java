package dev.selfsup.metric.knn;

import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import java.util.Collections;
import java.util.List;

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
 * pass over the similarities. A bank of millions of images comes in parts, to a {@link Ballot}.
 */
public final class Knn {
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

    List<Integer> ks() {
        return ks;
    }

    List<Double> temperatures() {
        return temperatures;
    }

    /** The protocol in a line, to be shown with its result. */
    public static String protocol(int k, double temperature, int queries, int bank) {
        return "kNN k=%d, T=%s, cosine, L2-normalised features, %d queries, %d bank images".formatted(k, temperature, queries, bank);
    }

    /**
     * Checks that there are enough neighbours, before there is work to lose.
     *
     * @param bank images of the bank
     * @throws UsageException if they are fewer than k
     */
    public void check(long bank) {
        int most = Collections.max(ks);
        if (bank < most) {
            throw new UsageException("kNN with k=" + most + " needs at least as many bank images: there are " + bank + "; choose a smaller k");
        }
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
        check(bank.rows().length);
        Ballot ballot = ballot(queries);
        ballot.add(bank);
        return ballot.accuracies();
    }

    /**
     * Begins to classify queries by a bank that comes in parts. Memory is taken for the queries, their nearest neighbours and a part of the bank.
     *
     * @param queries labelled features
     * @throws UsageException if there are none, or some without a label
     */
    public Ballot ballot(Features queries) {
        return new Ballot(this, queries);
    }
}
