package dev.selfsup.optimizer.learningratedecayoptimwrapperconstructor;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The layers of a backbone by the names of its weights. Frozen weights are not known; as those that are frozen come first, what counts, the layers behind a weight, is right without them.
 *
 * @param model what the layers are called by
 * @param depths layers of each stage, of one stage where there are none
 */
record Layers(String model, List<Integer> depths) {
    private static final Pattern LAYER = Pattern.compile("backbone\\.layers\\.(\\d+)\\..*");
    private static final Pattern BLOCK = Pattern.compile("backbone\\.(?:stages|layers)\\.(\\d+)\\.blocks\\.(\\d+)\\..*");
    private static final Pattern BETWEEN = Pattern.compile("backbone\\.(?:stages|layers)\\.(\\d+)\\.downsample\\..*");
    private static final Set<String> FIRST = Set.of("backbone.cls_token", "backbone.mask_token", "backbone.pos_embed");

    /** The layers of a model with these trained weights. */
    static Layers of(String model, List<String> names) {
        if (model.equals("vit")) {
            return new Layers(model, List.of(count(LAYER, 1, names)));
        }
        int stages = count(BLOCK, 1, names);
        return new Layers(model, IntStream.range(0, stages).mapToObj(stage -> count(BLOCK, 2, names.stream()
                .filter(name -> name.matches("backbone\\.(stages|layers)\\." + stage + "\\..*")).toList())).toList());
    }

    /** One more than the largest number in names of a pattern. */
    private static int count(Pattern pattern, int group, List<String> names) {
        return names.stream().map(pattern::matcher).filter(Matcher::matches).mapToInt(m -> Integer.parseInt(m.group(group)) + 1).max().orElse(0);
    }

    private int before(int stages) {
        return depths.subList(0, Math.min(stages, depths.size())).stream().mapToInt(d -> d).sum();
    }

    /** How many times the rate of a weight has fallen: 0 for what follows the backbone's layers, but 1 for MixMIM, where the reference counts so. */
    int behind(String name) {
        int all = before(depths.size());
        return switch (model) {
            case "vit" -> all + 1 - vit(name, all);
            case "swin" -> all + 1 - swin(name, all);
            default -> all - mixmim(name, all);
        };
    }

    /** From 0 for what comes before the layers to one more than their number for what follows. */
    private static int vit(String name, int all) {
        if (FIRST.contains(name) || name.startsWith("backbone.patch_embed")) {
            return 0;
        }
        Matcher layer = LAYER.matcher(name);
        return layer.matches() ? Integer.parseInt(layer.group(1)) + 1 : all + 1;
    }

    private int swin(String name, int all) {
        return name.contains("mask_token") || name.contains("patch_embed") ? 0 : staged(name, all + 1);
    }

    /** One less than in Swin transformers, so that what follows the layers counts as the last of them. */
    private int mixmim(String name, int all) {
        return name.contains("patch_embed") || name.contains("pos_embed") ? -1 : staged(name, all) - 1;
    }

    private int staged(String name, int last) {
        Matcher block = BLOCK.matcher(name);
        if (block.matches()) {
            return before(Integer.parseInt(block.group(1))) + Integer.parseInt(block.group(2)) + 1;
        }
        Matcher between = BETWEEN.matcher(name);
        return between.matches() ? before(Integer.parseInt(between.group(1)) + 1) : last;
    }
}
