package dev.selfsup.metric.svm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parts of a set of images, each with as large a share of both labels as may be, in order: what scikit-learn calls {@code StratifiedKFold} without shuffling. */
final class Folds {
    private Folds() {}

    /** The number of the part of each image, from 0. */
    static int[] of(int[] labels, int count) {
        List<Integer> known = new ArrayList<>();                                         // in the order in which they come
        Arrays.stream(labels).filter(label -> !known.contains(label)).forEach(known::add);
        int[] sorted = Arrays.stream(labels).map(known::indexOf).sorted().toArray();
        int[][] sizes = new int[known.size()][count];
        for (int i = 0; i < sorted.length; i++) {
            sizes[sorted[i]][i % count]++;
        }
        int[] fold = new int[labels.length];
        int[] current = new int[known.size()];
        for (int i = 0; i < labels.length; i++) {
            int label = known.indexOf(labels[i]);
            while (sizes[label][current[label]] == 0) {
                current[label]++;
            }
            sizes[label][current[label]]--;
            fold[i] = current[label];
        }
        return fold;
    }
}
