package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The {@code arch} of a vision transformer: the name of a known one, or its sizes.
 *
 * @param embedDims size of a token, C
 * @param numLayers number of layers
 * @param numHeads heads of each attention
 * @param feedforwardChannels width of each feed-forward network
 */
public record TransformerSize(int embedDims, int numLayers, int numHeads, int feedforwardChannels) {
    private static final List<String> KEYS = List.of("embed_dims", "num_layers", "num_heads", "feedforward_channels");
    private static final Map<String, TransformerSize> KNOWN = new TreeMap<>(Map.ofEntries(
            Map.entry("s", new TransformerSize(768, 8, 8, 768 * 3)), Map.entry("small", new TransformerSize(768, 8, 8, 768 * 3)),
            Map.entry("b", new TransformerSize(768, 12, 12, 3072)), Map.entry("base", new TransformerSize(768, 12, 12, 3072)),
            Map.entry("l", new TransformerSize(1024, 24, 16, 4096)), Map.entry("large", new TransformerSize(1024, 24, 16, 4096)),
            Map.entry("h", new TransformerSize(1280, 32, 16, 5120)), Map.entry("huge", new TransformerSize(1280, 32, 16, 5120)),
            Map.entry("eva-g", new TransformerSize(1408, 40, 16, 6144)), Map.entry("eva-giant", new TransformerSize(1408, 40, 16, 6144)),
            Map.entry("deit-t", new TransformerSize(192, 12, 3, 192 * 4)), Map.entry("deit-tiny", new TransformerSize(192, 12, 3, 192 * 4)),
            Map.entry("deit-s", new TransformerSize(384, 12, 6, 384 * 4)), Map.entry("deit-small", new TransformerSize(384, 12, 6, 384 * 4)),
            Map.entry("deit-b", new TransformerSize(768, 12, 12, 768 * 4)), Map.entry("deit-base", new TransformerSize(768, 12, 12, 768 * 4)),
            Map.entry("mocov3-s", new TransformerSize(384, 12, 12, 1536)), Map.entry("mocov3-small", new TransformerSize(384, 12, 12, 1536))));

    public TransformerSize {
        check(embedDims > 0 && numLayers > 0 && numHeads > 0 && feedforwardChannels > 0, "sizes in arch must be positive, not %d, %d, %d and %d",
                embedDims, numLayers, numHeads, feedforwardChannels);
        check(embedDims % numHeads == 0, "num_heads %d in arch does not divide embed_dims %d", numHeads, embedDims);
    }

    /**
     * The sizes of an {@code arch}.
     *
     * @param arch a name, or a mapping of the four keys, beside which others have no effect
     * @throws IllegalArgumentException if the name is not known or a key is missing or no whole number
     */
    public static TransformerSize of(Object arch) {
        if (arch instanceof Map<?, ?> sizes) {
            check(sizes.keySet().containsAll(KEYS), "arch must be a name or have the keys %s, not %s", KEYS, new TreeSet<>(keys(sizes)));
            int[] values = KEYS.stream().mapToInt(key -> whole(key, sizes.get(key))).toArray();
            return new TransformerSize(values[0], values[1], values[2], values[3]);
        }
        TransformerSize known = arch instanceof String name ? KNOWN.get(name.toLowerCase(Locale.ROOT)) : null;
        check(known != null, "arch must be one of %s, or a mapping with the keys %s, not %s", KNOWN.keySet(), KEYS, arch);
        return known;
    }

    private static List<String> keys(Map<?, ?> sizes) {
        return sizes.keySet().stream().map(Object::toString).toList();
    }

    private static int whole(String key, Object value) {
        check(value instanceof Long, "%s in arch must be a whole number, not %s", key, value);
        return Math.toIntExact((Long) value);
    }
}
