package dev.selfsup.runtime.parity;

import dev.selfsup.checkpoint.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Clusters of which it is chance how they are called: which half of a divided cluster keeps its name depends on the generator of k-means. Where the recorded clusters have the same
 * members as those of a replay, these are given the recorded names before values are compared.
 */
final class Partition {
    /** Of cases that say that they are a partition. */
    private static final String PARTITION = "labels";
    private static final String LABELS = "small/label_bank";
    private static final String SIZES = "small/counts";
    private static final String CENTROIDS = "small/centroids";

    private Partition() {}

    /** The values of a replay under the recorded names of clusters; as they are where there are no such clusters or their members differ. */
    static Map<String, Tensor> named(String notes, Map<String, Tensor> recorded, Map<String, Tensor> got) {
        if (notes.contains("as a partition") && recorded.containsKey(PARTITION) && got.containsKey(PARTITION)) {
            long[] ours = got.get(PARTITION).toLongs();
            int[] names = names(ours, recorded.get(PARTITION).toLongs(), (int) Arrays.stream(ours).max().orElse(0) + 1);
            return names.length == 0 ? got : renamed(got, PARTITION, ours, names).tensors();
        }
        if (!recorded.containsKey(LABELS) || !got.containsKey(LABELS) || !got.containsKey(SIZES) || !got.containsKey(CENTROIDS)) {
            return got;
        }
        long[] ours = got.get(LABELS).toLongs();
        int clusters = (int) got.get(SIZES).elements();
        int[] names = names(ours, recorded.get(LABELS).toLongs(), clusters);
        if (names.length == 0) {
            return got;
        }
        Values renamed = renamed(got, LABELS, ours, names);
        renamed.put(SIZES, moved(got.get(SIZES).toDoubles(), names), clusters);
        renamed.put(CENTROIDS, moved(got.get(CENTROIDS).toDoubles(), names), got.get(CENTROIDS).shape());
        return renamed.tensors();
    }

    private static Values renamed(Map<String, Tensor> got, String labels, long[] ours, int[] names) {
        Values renamed = new Values();
        got.values().forEach(renamed::put);
        renamed.put(labels, Arrays.stream(ours).mapToDouble(label -> names[(int) label]).toArray(), ours.length);
        return renamed;
    }

    /** The recorded name of each cluster; empty where the clusters have other members. */
    private static int[] names(long[] ours, long[] recorded, int clusters) {
        Map<Long, Long> to = new HashMap<>();
        Map<Long, Long> from = new HashMap<>();
        for (int i = 0; i < Math.min(ours.length, recorded.length); i++) {
            to.putIfAbsent(ours[i], recorded[i]);
            from.putIfAbsent(recorded[i], ours[i]);
            if (to.get(ours[i]) != recorded[i] || from.get(recorded[i]) != ours[i]) {
                return new int[0];
            }
        }
        return to.size() < clusters ? new int[0] : IntStream.range(0, clusters).map(k -> to.get((long) k).intValue()).toArray();
    }

    /** Rows, one for each cluster, in the order of the recorded names. */
    private static double[] moved(double[] rows, int[] names) {
        int width = rows.length / names.length;
        double[] moved = new double[rows.length];
        for (int k = 0; k < names.length; k++) {
            System.arraycopy(rows, k * width, moved, names[k] * width, width);
        }
        return moved;
    }
}
