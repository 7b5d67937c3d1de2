package dev.selfsup.metric.knn;

/** The most similar bank images of a query, most similar first. */
final class Neighbours {
    private final float[] similarities;
    private final int[] indices;

    Neighbours(int count) {
        similarities = new float[count];
        indices = new int[count];
    }

    /** Finds them among at least as many; of equal similarities the first is taken. */
    void find(float[] candidates) {
        int last = similarities.length - 1;
        int found = 0;
        for (int i = 0; i < candidates.length; i++) {
            if (found > last && candidates[i] <= similarities[last]) {
                continue;
            }
            int at = found > last ? last : found++;
            for (; at > 0 && similarities[at - 1] < candidates[i]; at--) {
                similarities[at] = similarities[at - 1];
                indices[at] = indices[at - 1];
            }
            similarities[at] = candidates[i];
            indices[at] = i;
        }
    }

    float similarity(int rank) {
        return similarities[rank];
    }

    int index(int rank) {
        return indices[rank];
    }
}
