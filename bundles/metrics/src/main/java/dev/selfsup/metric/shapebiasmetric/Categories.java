package dev.selfsup.metric.shapebiasmetric;

import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The 16 everyday categories of the cue-conflict images, and which of ImageNet's 1000 classes belong to each (Geirhos et al. 2018, arXiv:1808.08750). */
final class Categories {
    private static final int CLASSES = 1000;
    private static final Map<String, List<Integer>> MEMBERS = new TreeMap<>(Map.ofEntries(
            Map.entry("airplane", list("404")), Map.entry("bear", list("294-297")), Map.entry("bicycle", list("444 671")),
            Map.entry("bird", list("8 10-16 18-20 22-24 80-83 87-96 98-100 127-133 135-145")),
            Map.entry("boat", list("472 554 625 814 914")), Map.entry("bottle", list("440 720 737 898 899 901 907")), Map.entry("car", list("436 511 817")),
            Map.entry("cat", list("281-286")), Map.entry("chair", list("423 559 765 857")), Map.entry("clock", list("409 530 892")),
            Map.entry("dog", list("152-191 193-226 228-241 243-250 252-257 259 261-263 265-268")),
            Map.entry("elephant", list("385 386")), Map.entry("keyboard", list("508 878")), Map.entry("knife", list("499")), Map.entry("oven", list("766")),
            Map.entry("truck", list("555 569 656 675 717 734 864 867"))));

    private Categories() {}

    /** Numbers and ranges of numbers. */
    private static List<Integer> list(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(" ")) {
            String[] ends = part.split("-");
            for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }

    /** ImageNet's classes of a category. */
    static List<Integer> members(String category) {
        return MEMBERS.get(category);
    }

    /**
     * The category of greatest mean probability over its classes.
     *
     * @param scores by ImageNet's classes, [1000]
     */
    static String best(float[] scores) {
        if (scores.length != CLASSES) {
            throw new UsageException("ShapeBiasMetric needs a classifier of ImageNet's 1000 classes, whose numbers it knows; model.head tells " + scores.length + " apart");
        }
        String best = "";
        double greatest = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, List<Integer>> category : MEMBERS.entrySet()) {
            double mean = category.getValue().stream().mapToDouble(i -> scores[i]).average().orElseThrow();
            if (mean > greatest) {
                greatest = mean;
                best = category.getKey();
            }
        }
        return best;
    }
}
