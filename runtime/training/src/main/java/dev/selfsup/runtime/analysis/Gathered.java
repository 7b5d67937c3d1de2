package dev.selfsup.runtime.analysis;

import dev.selfsup.api.run.Features;
import dev.selfsup.runtime.model.LayerFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Features of images, by layer, that come batch by batch. */
final class Gathered {
    /** Rows that are worth a pass over all queries. */
    private static final int MANY = 8192;

    private final Map<String, List<float[]>> rows = new LinkedHashMap<>();
    private int[] labels = new int[MANY];
    private int count;

    void add(LayerFeatures.Rows more) {
        more.features().forEach((layer, features) -> rows.computeIfAbsent(layer, name -> new ArrayList<>()).addAll(List.of(features)));
        int added = more.labels().length;
        labels = count + added > labels.length ? Arrays.copyOf(labels, 2 * (count + added)) : labels;
        System.arraycopy(more.labels(), 0, labels, count, added);
        count += added;
    }

    boolean full() {
        return count >= MANY;
    }

    Set<String> names() {
        return rows.keySet();
    }

    /** All features of a layer, with their labels. */
    Features features(String layer) {
        return new Features(rows.get(layer).toArray(float[][]::new), Arrays.copyOf(labels, count));
    }

    void clear() {
        rows.clear();
        count = 0;
    }
}
