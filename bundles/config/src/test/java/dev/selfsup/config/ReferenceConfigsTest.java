package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final Set<String> HELPERS = Set.of("dataset_type", "data_root", "view_pipeline", "train_pipeline", "optimizer",
            "custom_imports");

    @TestFactory
    Stream<DynamicTest> everyConfigEqualsTheReferencesKeyByKey() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(EXPECTED)) {
            files = all.filter(path -> path.toString().endsWith(".json")).sorted().toList();
        }
        assertTrue(files.size() >= 5, "expected results in " + EXPECTED);
        return files.stream().map(file -> {
            String name = EXPECTED.relativize(file).toString().replace(".json", ".yaml");
            return DynamicTest.dynamicTest(name, () -> assertEquals(expected(file), values(ROOT.resolve("configs").resolve(name))));
        });
    }

    @Test
    void theLongScheduleDiffersInItsScheduleOnly() {
        String folder = "configs/selfsup/simclr/simclr_resnet50_16xb256-coslr-";
        Map<String, String> changed = values(ROOT.resolve(folder + "800e_in1k.yaml"));
        changed.entrySet().removeAll(values(ROOT.resolve(folder + "200e_in1k.yaml")).entrySet());
        assertEquals(Map.of("train_cfg.max_epochs", "800", "param_scheduler.1.T_max", "790", "param_scheduler.1.end", "800"), changed);
    }

    private static Map<String, String> expected(Path json) throws IOException {
        Node.Mapping root = Config.parse(json.getFileName().toString(), Files.readString(json)).root();
        Map<String, Node.Entry> entries = new LinkedHashMap<>(root.entries());
        entries.keySet().removeAll(HELPERS);
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
