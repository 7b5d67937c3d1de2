package dev.selfsup.metric.knn;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The most similar bank images of a query so far, most similar first. */
final class Neighbours {
    private final float[] similarities;
    private final int[] labels;
    private int found;

    Neighbours(int count) {
        similarities = new float[count];
        labels = new int[count];
    }

    /** Takes more bank images into account; of equal similarities the first is taken. */
    void offer(float[] candidates, int... classes) {
        int last = similarities.length - 1;
        for (int i = 0; i < candidates.length; i++) {
            if (found > last && candidates[i] <= similarities[last]) {
                continue;
            }
            int at = found > last ? last : found++;
            for (; at > 0 && similarities[at - 1] < candidates[i]; at--) {
                similarities[at] = similarities[at - 1];
                labels[at] = labels[at - 1];
            }
            similarities[at] = candidates[i];
            labels[at] = classes[i];
        }
    }

    float similarity(int rank) {
        return similarities[rank];
    }

    IntStream labels() {
        return Arrays.stream(labels);
    }
}
