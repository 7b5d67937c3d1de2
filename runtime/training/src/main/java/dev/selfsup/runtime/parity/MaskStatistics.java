package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Masks that are drawn, of which a case records how often each patch is masked, {@code mean_*}, some samples and what holds for all: as many patches, squares that are masked as a whole, and
 * how many patches lie beside a masked one. What was counted may differ by chance, within some standard errors.
 */
final class MaskStatistics {
    private static final double ERRORS = 5;
    private static final Map<String, String> GENERATORS = Map.of("stat_simmim", "SimMIMMaskGenerator", "stat_beit", "BEiTMaskGenerator");

    private MaskStatistics() {}

    /** Whether a case is one of masks. */
    static boolean draws(JsonNode json) {
        return generator(json).isPresent();
    }

    private static Optional<String> generator(JsonNode json) {
        return GENERATORS.entrySet().stream().filter(e -> json.path("name").asText().startsWith(e.getKey())).map(Map.Entry::getValue).findFirst();
    }

    /** All masks of a case's arguments: {@code masks_<key>} [n, H, W]. */
    record Drawn(InstalledTypes types) implements Replay {
        @Override
        public Optional<String> obstacle(Recording recording) {
            String type = generator(recording.description()).orElseThrow();
            return types.ids(type).isEmpty() ? Optional.of("type " + type + " is not installed") : Optional.empty();
        }

        @Override
        public Map<String, Tensor> replay(Recording recording) {
            String type = generator(recording.description()).orElseThrow();
            Values values = new Values();
            recording.part("stats").properties().forEach(entry -> {
                ObjectNode config = entry.getValue().get("args").deepCopy();
                masks("masks_" + entry.getKey(), types.bind(config.put("type", type), Transform.class), entry.getValue().get("n").asInt(), values);
            });
            return values.tensors();
        }

        private static void masks(String name, Transform generator, int count, Values values) {
            double[] all = new double[0];
            int[] shape = {};
            for (int i = 0; i < count; i++) {
                Sample sample = new Sample(i, Path.of(name), OptionalInt.empty());
                generator.apply(sample, SampleRandom.of(0, i));
                Sample.Field mask = sample.fields().get("mask");
                all = i == 0 ? new double[count * mask.values().length] : all;
                System.arraycopy(mask.values(), 0, all, i * mask.values().length, mask.values().length);
                shape = mask.shape();
            }
            values.put(name, all, count, shape[0], shape[1]);
        }
    }

    /** Compares what holds for the masks of a replay with what was recorded. */
    static void compare(JsonNode stats, Map<String, Tensor> outputs, Map<String, Tensor> got, Comparison comparison) {
        stats.properties().forEach(entry -> {
            Tensor masks = got.get("masks_" + entry.getKey());
            Tensor mean = outputs.get("mean_" + entry.getKey());
            Tensor sample = outputs.get("sample_" + entry.getKey());
            if (masks == null || mean == null || !Arrays.equals(mean.shape(), Arrays.copyOfRange(masks.shape(), 1, 3))) {
                comparison.offend("masks_" + entry.getKey() + ": the replay gives none of the shape of mean_" + entry.getKey());
                return;
            }
            Masks drawn = new Masks(masks.toDoubles(), (int) masks.shape()[1], (int) masks.shape()[2]);
            frequencies(entry.getKey(), mean.toDoubles(), entry.getValue().get("n").asInt(), drawn, comparison);
            structure(entry.getKey(), entry.getValue(), new Masks(sample.toDoubles(), drawn.height, drawn.width), drawn, comparison);
        });
    }

    /** The difference of two frequencies of n draws each has the variance {@code 2 p (1 - p) / n}. */
    private static void frequencies(String key, double[] expected, int n, Masks drawn, Comparison comparison) {
        comparison.numbers("mean_" + key, expected, drawn.frequencies(), 1, i -> {
            double p = Math.max(1.0 / n, Math.min(1 - 1.0 / n, expected[i]));
            return ERRORS * Math.sqrt(2 * p * (1 - p) / n);
        });
    }

    private static void structure(String key, JsonNode recorded, Masks sample, Masks drawn, Comparison comparison) {
        Set<Double> counts = recorded.get("count").valueStream().map(JsonNode::asDouble).collect(Collectors.toSet());
        double wrong = Arrays.stream(drawn.ones()).filter(ones -> !counts.contains(ones)).count();
        comparison.numbers("count_" + key + ": masks with another number of patches than " + counts, new double[] {0}, new double[] {wrong}, 1, i -> 0);
        JsonNode args = recorded.get("args");
        if (args.has("mask_patch_size")) {
            int square = args.get("mask_patch_size").asInt() / args.get("model_patch_size").asInt();
            comparison.numbers("squares_" + key, new double[] {sample.broken(square)}, new double[] {drawn.broken(square)}, 1, i -> 0);
        }
        if (recorded.has("horizontal_adjacent_pairs_mean")) {
            double error = recorded.get("horizontal_adjacent_pairs_std").asDouble() * Math.sqrt(2.0 / recorded.get("n").asInt());
            comparison.numbers("pairs_" + key, new double[] {recorded.get("horizontal_adjacent_pairs_mean").asDouble()}, new double[] {drawn.pairs()}, 1,
                    i -> ERRORS * error);
        }
    }

    /** Masks side by side, [n, H, W]. */
    private record Masks(double[] values, int height, int width) {
        private int size() {
            return height * width;
        }

        private int count() {
            return values.length / size();
        }

        /** How often each patch is masked. */
        double[] frequencies() {
            double[] sums = new double[size()];
            for (int i = 0; i < values.length; i++) {
                sums[i % size()] += values[i];
            }
            return Arrays.stream(sums).map(sum -> sum / count()).toArray();
        }

        /** Masked patches of each mask. */
        double[] ones() {
            double[] ones = new double[count()];
            for (int i = 0; i < values.length; i++) {
                ones[i / size()] += values[i];
            }
            return ones;
        }

        /** Patches that are not as the first one of their square. */
        int broken(int square) {
            int broken = 0;
            for (int i = 0; i < values.length; i++) {
                int row = i % size() / width / square * square;
                int column = i % width / square * square;
                broken += values[i] == values[i / size() * size() + row * width + column] ? 0 : 1;
            }
            return broken;
        }

        /** Mean number of masked patches in a mask that have one to the right. */
        double pairs() {
            double pairs = 0;
            for (int i = 0; i < values.length - 1; i++) {
                pairs += i % width < width - 1 ? values[i] * values[i + 1] : 0;
            }
            return pairs / count();
        }
    }
}
