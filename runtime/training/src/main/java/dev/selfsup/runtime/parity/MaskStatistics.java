package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;

/**
 * Compares how often a mask generator masks each place with how often the reference did. Both are means of a number of masks, so that a difference of up to five standard errors is
 * chance; with a few hundred places that is passed by one case in thousands.
 */
record MaskStatistics(InstalledTypes types) {
    private static final int MASKS = 20_000;
    private static final double ERRORS = 5;
    private static final Map<String, String> GENERATORS = Map.of("stat_beit_mask", "BEiTMaskGenerator", "stat_simmim_mask", "SimMIMMaskGenerator");

    /** Whether a case is of such statistics. */
    static boolean is(CaseFolder opened) {
        return generator(opened) != null;
    }

    private static String generator(CaseFolder opened) {
        String name = opened.json().path("name").asText();
        return GENERATORS.entrySet().stream().filter(entry -> name.startsWith(entry.getKey())).map(Map.Entry::getValue).findFirst().orElse(null);
    }

    /** Draws masks by the arguments of each of the case's statistics. */
    Outcome outcome(CaseFolder opened) {
        String type = generator(opened);
        if (types.ids(type).isEmpty()) {
            return Outcome.skipped("type " + type + " is not installed");
        }
        Map<String, Tensor> recorded = new HashMap<>(opened.outputs());
        Comparison comparison = new Comparison();
        opened.json().path("stats").properties().forEach(entry -> {
            ObjectNode config = entry.getValue().path("args").deepCopy();
            config.put("type", type);
            Masks drawn = new Masks(types.bind(config, Transform.class));
            drawn.compare(entry.getKey(), entry.getValue(), recorded.get("mean_" + entry.getKey()), comparison);
        });
        return comparison.outcome("");
    }

    /** Many masks of one generator. */
    private static final class Masks {
        private final int[] shape;
        private final double[] often;
        private final Map<Integer, Integer> counts = new HashMap<>();
        private double pairs;

        Masks(Transform generator) {
            Sample.Field first = mask(generator, 0);
            shape = first.shape();
            often = new double[first.values().length];
            for (int i = 0; i < MASKS; i++) {
                double[] values = mask(generator, i).values();
                counts.merge((int) Arrays.stream(values).sum(), 1, Integer::sum);
                for (int at = 0; at < values.length; at++) {
                    often[at] += values[at] / MASKS;
                    pairs += at % shape[1] > 0 ? values[at] * values[at - 1] / MASKS : 0;
                }
            }
        }

        private static Sample.Field mask(Transform generator, int number) {
            Sample sample = new Sample(number, Path.of("mask"), OptionalInt.empty());
            generator.apply(sample, SampleRandom.of(0, 0, number));
            return sample.fields().get("mask");
        }

        void compare(String name, JsonNode statistics, Tensor mean, Comparison comparison) {
            if (mean == null || !Arrays.equals(mean.shape(), Arrays.stream(shape).asLongStream().toArray())) {
                comparison.offend("mean_" + name + ": got " + Arrays.toString(shape) + ", recorded is " + (mean == null ? "none" : Arrays.toString(mean.shape())));
                return;
            }
            double part = 1.0 / statistics.path("n").asInt() + 1.0 / MASKS;
            double[] expected = mean.toDoubles();
            comparison.numbers("mean_" + name, expected, often, 1, i -> ERRORS * Math.sqrt(variance(expected[i], often[i]) * part));
            int[] allowed = StreamSupport.stream(statistics.path("count").spliterator(), false).mapToInt(JsonNode::asInt).toArray();
            counts.keySet().stream().filter(count -> Arrays.stream(allowed).noneMatch(a -> a == count))
                    .forEach(count -> comparison.offend(name + ": " + counts.get(count) + " masks have " + count + " masked patches, not " + Arrays.toString(allowed)));
            if (statistics.has("horizontal_adjacent_pairs_mean")) {
                double deviation = statistics.path("horizontal_adjacent_pairs_std").asDouble();
                comparison.numbers(name + " horizontal pairs", new double[] {statistics.path("horizontal_adjacent_pairs_mean").asDouble()}, new double[] {pairs}, 1,
                        i -> ERRORS * deviation * Math.sqrt(part));
            }
        }

        /** Of one mask's place; of both estimates the larger, so that a place that was never masked allows something. */
        private static double variance(double recorded, double drawn) {
            return Math.max(recorded * (1 - recorded), drawn * (1 - drawn));
        }
    }
}
