package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every config that ships binds completely in the distribution, with all that it trains, validates and tests with, without any of the files that it names; but for those that the reference
 * cannot build either.
 */
final class ShippedConfigsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path NAMES = ROOT.resolve("integration-tests/fixtures/configs/names.txt");
    private static final String BENCHMARKS = "configs/benchmarks/classification/";
    private static final String SOBEL = "model.with_sobel";
    private static final Pattern PLACE = Pattern.compile("configs/[^:]+:\\d+:\\d+: (?<path>[\\w.]+): .*");

    /**
     * What the reference cannot build, with the obsolete keys that are told, among what follows from them. {@code with_sobel} no classifier of it takes; the files of Places205 and iNaturalist 2018 are written for the runner of
     * MMSelfSup 0.x, {@code EpochBasedRunner}, those of iNaturalist also for its {@code SingleViewDataset}.
     */
    private static Map<String, Set<String>> obsolete() {
        Map<String, Set<String>> configs = new LinkedHashMap<>();
        for (String name : List.of("imagenet/resnet50-sobel_linear-8xb32-steplr-100e_in1k", "imagenet/resnet50-sobel_mhead_linear-8xb32-steplr-90e_in1k",
                "imagenet/imagenet_1percent/resnet50-sobel_4xb64-steplr1e-2-20e_in1k-1pct", "imagenet/imagenet_10percent/resnet50-sobel_4xb64-steplr1e-2-20e_in1k-10pct")) {
            configs.put(BENCHMARKS + name + ".yaml", Set.of(SOBEL));
        }
        Set<String> runner = Set.of("optimizer", "runner", "checkpoint_config");                // runner: {type: EpochBasedRunner}
        Set<String> places = with(runner, "val_evaluator.top_k");
        Set<String> naturalist = with(runner, "data", "evaluation");                              // data: {train: {type: SingleViewDataset}}
        configs.put(BENCHMARKS + "places205/resnet50_mhead_8xb32-steplr-28e_places205.yaml", places);
        configs.put(BENCHMARKS + "places205/resnet50-sobel_mhead_8xb32-steplr-28e_places205.yaml", with(places, SOBEL));
        configs.put(BENCHMARKS + "inaturalist2018/resnet50_mhead_8xb32-steplr-84e_inat18.yaml", naturalist);
        configs.put(BENCHMARKS + "inaturalist2018/resnet50-sobel_mhead_8xb32-steplr-84e_inat18.yaml", with(naturalist, SOBEL));
        return configs;
    }

    private static Set<String> with(Set<String> keys, String... more) {
        Set<String> all = new TreeSet<>(keys);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void everyConfigBindsButThoseThatTheReferenceCannotBuild() throws IOException, InterruptedException {
        List<String> configs = configs();
        configs.removeAll(obsolete().keySet());
        Set<String> valid = configs.stream().map(config -> config + " is valid").collect(Collectors.toSet());
        List<String> said = validate(configs);
        assertEquals(List.of(), said.stream().filter(line -> !valid.contains(line)).toList());
        assertEquals(valid, Set.copyOf(said));
    }

    @Test
    void thoseThatTheReferenceCannotBuildAreRefusedByTheirObsoleteKeys() throws IOException, InterruptedException {
        Map<String, Set<String>> told = new LinkedHashMap<>();
        for (Map.Entry<String, Set<String>> obsolete : obsolete().entrySet()) {
            Set<String> keys = new TreeSet<>();
            for (String line : validate(List.of(obsolete.getKey()))) {
                Matcher place = PLACE.matcher(line);
                keys.add(place.matches() ? place.group("path") : line);
            }
            keys.retainAll(obsolete.getValue());
            told.put(obsolete.getKey(), keys);
        }
        assertEquals(obsolete(), told);
    }

    @Test
    void everyConfigOfTheReferenceIsAmongThem() throws IOException {
        List<String> missing = new ArrayList<>(Files.readAllLines(NAMES).stream().filter(name -> !name.contains("_base_")).map(name -> "configs/" + name + ".yaml").toList());
        missing.removeAll(configs());
        assertEquals(List.of(), missing);
    }

    /** What is said of configs, a line each. */
    private static List<String> validate(List<String> configs) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(ROOT.resolve("selfsup").toString(), "config", "validate"));
        line.addAll(configs);
        Process process = new ProcessBuilder(line).directory(ROOT.toFile()).redirectErrorStream(true).start();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        process.waitFor();
        return said;
    }

    /** All but bases: of pretraining, of benchmarks, of t-SNE, quickstarts and what is measured for speed. */
    private static List<String> configs() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("configs"))) {
            return new ArrayList<>(files.map(file -> ROOT.relativize(file).toString()).filter(file -> file.endsWith(".yaml") && !file.contains("_base_")).sorted().toList());
        }
    }
}
