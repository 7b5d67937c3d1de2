package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The shipped configs resolve to what the reference's resolve to. */
final class ReferenceConfigsTest {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path EXPECTED = ROOT.resolve("integration-tests/fixtures/configs");
    /** Helper variables of the reference's files, which are no settings. */
    private static final Set<String> HELPERS = Set.of("EIGVAL", "EIGVEC", "bgr_mean", "bgr_std", "color_distort_strength", "custom_imports", "data_root", "data_source",
            "dataset_type", "drop_path_rate", "extract_pipeline", "img_norm_cfg", "layer_scale_init_value", "lr", "num_classes", "num_crops", "optimizer", "prefetch",
            "preprocess_cfg", "temperature", "test_pipeline", "train_pipeline", "view_pipeline", "view_pipeline1", "view_pipeline2", "vis_pipeline", "vqkd_encoder");
    private static final String DIFFERS = "  differs from ";
    private static final String NOTHING = "nothing";
    private static final String ABSENT = "(absent)";

    @TestFactory
    Stream<DynamicTest> everyConfigEqualsTheReferencesKeyByKey() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(EXPECTED)) {
            files = all.filter(path -> path.toString().endsWith(".json")).sorted().toList();
        }
        assertTrue(files.size() >= 140, "expected results in " + EXPECTED);
        return files.stream().map(file -> {
            String name = EXPECTED.relativize(file).toString().replace(".json", ".yaml");
            return DynamicTest.dynamicTest(name, () -> {
                Config config = Config.load(ROOT.resolve("configs").resolve(name), List.of());
                assertEquals(expected(file, config), flatten(config.root()));
            });
        });
    }

    @Test
    void everyNameOfTheReferenceIsThere() throws IOException {
        List<String> missing = names().filter(name -> !Files.isRegularFile(yaml(name))).toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void everyNameHasARecordedResultOrIsListedAsWithoutOne() throws IOException {
        List<String> unrecorded = names().filter(name -> !Files.exists(EXPECTED.resolve(name + ".json"))).toList();
        assertEquals(unrecorded, withoutRecord().lines().filter(line -> !line.startsWith(" ")).toList());
    }

    /** What the reference's files of these names say, read and written down by hand: a relative of which a result is recorded, and the differences. */
    @Test
    void configsWithoutARecordedResultDifferFromARelativeAsTheReferencesDo() throws IOException {
        List<String> lines = new ArrayList<>();
        String name = "";
        for (String line : withoutRecord().lines().toList()) {
            if (!line.startsWith(" ")) {
                name = line;
                lines.add(name);
            } else if (line.startsWith(DIFFERS)) {
                lines.add(line);
                differences(values(yaml(name)), line.substring(DIFFERS.length()).split(" ")).forEach((key, value) -> lines.add("    " + key + ": " + value));
            }
        }
        assertEquals(withoutRecord().strip(), String.join("\n", lines));
    }

    private static Map<String, String> differences(Map<String, String> values, String... relatives) {
        Map<String, String> before = new HashMap<>();
        for (String relative : relatives) {
            before.putAll(relative.equals(NOTHING) ? Map.of() : values(yaml(relative)));
        }
        Map<String, String> differences = new TreeMap<>(values);
        differences.entrySet().removeAll(before.entrySet());
        before.keySet().stream().filter(key -> !values.containsKey(key)).forEach(key -> differences.put(key, ABSENT));
        return differences;
    }

    private static Stream<String> names() throws IOException {
        return Files.readAllLines(EXPECTED.resolve("names.txt")).stream();
    }

    private static String withoutRecord() throws IOException {
        try (InputStream in = ReferenceConfigsTest.class.getResourceAsStream("/configs-without-record.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path yaml(String name) {
        return ROOT.resolve("configs").resolve(name + ".yaml");
    }

    /** What is recorded, but for the helpers that the config does without. */
    private static Map<String, String> expected(Path json, Config config) throws IOException {
        Node.Mapping root = Config.parse(json.getFileName().toString(), Files.readString(json)).root();
        Map<String, Node.Entry> entries = new LinkedHashMap<>(root.entries());
        entries.keySet().removeIf(key -> HELPERS.contains(key) && config.find(key).isEmpty());
        return flatten(root.with(entries));
    }

    private static Map<String, String> values(Path yaml) {
        return flatten(Config.load(yaml, List.of()).root());
    }

    /** Every value by its path, fractions as doubles; file clients, which have no meaning here, left out. */
    private static Map<String, String> flatten(Node root) {
        Map<String, String> values = new TreeMap<>();
        flatten("", root, values);
        return values;
    }

    private static void flatten(String path, Node node, Map<String, String> values) {
        List<String> keys = new ArrayList<>();
        if (node instanceof Node.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> {
                if (!key.equals("file_client_args")) {
                    keys.add(key);
                    flatten(path.isEmpty() ? key : path + "." + key, entry.value(), values);
                }
            });
        } else if (node instanceof Node.Sequence list) {
            for (Node element : list.elements()) {
                flatten(path + "." + keys.size(), element, values);
                keys.add(path);
            }
        } else {
            Node.Scalar scalar = (Node.Scalar) node;
            values.put(path, scalar.type() == Node.ScalarType.FLOAT ? Double.toString(scalar.number()) : scalar.text());
        }
        if (keys.isEmpty() && !(node instanceof Node.Scalar)) {
            values.put(path, node.describe() + " without values");
        }
    }
}
