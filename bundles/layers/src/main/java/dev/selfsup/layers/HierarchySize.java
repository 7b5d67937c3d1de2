package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The {@code arch} of a transformer whose stages halve the map and double the channels: the name of a known one, or its sizes.
 *
 * @param embedDims channels of a token in the first stage
 * @param depths layers of each stage
 * @param numHeads heads of the attention of each stage
 */
public record HierarchySize(int embedDims, List<Integer> depths, List<Integer> numHeads) {
    private static final Set<String> KEYS = Set.of("embed_dims", "depths", "num_heads");
    /** What the reference asks for in a mapping and does not use. */
    private static final Set<String> UNUSED = Set.of("num_layers", "feedforward_channels");

    public HierarchySize {
        depths = List.copyOf(depths);
        numHeads = List.copyOf(numHeads);
        check(embedDims > 0 && !depths.isEmpty() && depths.stream().allMatch(d -> d > 0), "embed_dims and depths in arch must be positive, not %d and %s",
                embedDims, depths);
        check(numHeads.size() == depths.size(), "num_heads in arch must be as many as depths %s, not %s", depths, numHeads);
    }

    /** Channels of a token in a stage. */
    public int channels(int stage) {
        return embedDims << stage;
    }

    /** Number of stages. */
    public int stages() {
        return depths.size();
    }

    /** How likely a branch is dropped in each layer: from 0 in the first evenly up to the given rate in the last. */
    public double[] dropPaths(double rate) {
        int count = depths.stream().mapToInt(d -> d).sum();
        double[] rates = new double[count];
        for (int i = 1; i < count; i++) {
            rates[i] = rate * i / (count - 1);
        }
        return rates;
    }

    /** The first layer of a stage, among those of all. */
    public int firstLayer(int stage) {
        return depths.subList(0, stage).stream().mapToInt(d -> d).sum();
    }

    /**
     * The sizes of an {@code arch}.
     *
     * @param arch a name, or a mapping of the keys
     * @param known sizes by name in lower case
     * @throws IllegalArgumentException if the name is not known or a key is missing, unknown or no whole number
     */
    public static HierarchySize of(Object arch, Map<String, HierarchySize> known) {
        if (arch instanceof Map<?, ?> sizes) {
            Set<String> keys = new TreeSet<>(sizes.keySet().stream().map(Object::toString).filter(key -> !UNUSED.contains(key)).toList());
            check(keys.equals(KEYS), "arch must be a name or have the keys %s, not %s", new TreeSet<>(KEYS), keys);
            return new HierarchySize(whole("embed_dims", sizes.get("embed_dims")), all("depths", sizes.get("depths")), all("num_heads", sizes.get("num_heads")));
        }
        HierarchySize size = arch instanceof String name ? known.get(name.toLowerCase(Locale.ROOT)) : null;
        check(size != null, "arch must be one of %s, or a mapping with the keys %s, not %s", new TreeSet<>(known.keySet()), new TreeSet<>(KEYS), arch);
        return size;
    }

    private static List<Integer> all(String key, Object values) {
        check(values instanceof List<?>, "%s in arch must be a list, not %s", key, values);
        return ((List<?>) values).stream().map(value -> whole(key, value)).toList();
    }

    private static int whole(String key, Object value) {
        check(value instanceof Long, "%s in arch must be whole numbers, not %s", key, value);
        return Math.toIntExact((Long) value);
    }
}
