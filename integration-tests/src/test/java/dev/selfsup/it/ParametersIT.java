package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parameters of every full-size model that the reference builds, child by child, as {@code count-params} counts them. */
final class ParametersIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path COUNTS = ROOT.resolve("integration-tests/fixtures/param_counts.json");
    /** Networks that nothing trains: the reference counts their weights as trainable, but gives them no gradient. */
    private static final Set<String> FROZEN = Set.of("target_generator", "teacher");
    /** Positions of MoCo v3's transformers, [1, 197, C]: fixed here from the start, in the reference before it trains. */
    private static final Map<String, Long> POSITIONS = Map.of("mocov3_vit-base", 197L * 768, "mocov3_vit-small", 197L * 384);

    @TempDir
    static Path folder;

    private record Count(long parameters, long trainable) {}

    @Test
    void everyChildHasTheReferencesNumberOfParameters() throws IOException, InterruptedException {
        JsonNode models = new JsonMapper().readTree(COUNTS.toFile()).get("models");
        List<String> line = new ArrayList<>(List.of("count-params", "--csv", "counts.csv"));
        models.fields().forEachRemaining(model -> {
            if (!model.getValue().has("error")) {
                line.add(config(model.getKey()));
            }
        });
        Selfsup.Ended ended = new Selfsup(folder).run(line.toArray(String[]::new));
        assertEquals(0, ended.status(), ended::toString);
        Map<String, Map<String, Count>> counts = read(folder.resolve("counts.csv"));
        List<String> differences = new ArrayList<>();
        models.fields().forEachRemaining(model -> {
            if (!model.getValue().has("error")) {
                compare(model.getKey(), model.getValue(), counts.getOrDefault(config(model.getKey()), Map.of()), differences);
            }
        });
        assertEquals(List.of(), differences);
        assertEquals(64, counts.size());
    }

    private static String config(String name) {
        return ROOT.resolve("configs").resolve(name.replace(".py", ".yaml")).toString();
    }

    private static void compare(String name, JsonNode expected, Map<String, Count> found, List<String> differences) {
        expected.get("children").fields().forEachRemaining(child -> {
            Count count = found.getOrDefault(child.getKey(), new Count(0, 0));
            long parameters = child.getValue().get("params").asLong();
            long trainable = child.getValue().get("trainable").asLong();
            if (child.getKey().equals("target_generator")) {                           // those of DALL-E and CLIP are in an ONNX file, not in the model
                boolean vqkd = name.contains("beitv2");                                // its words are a buffer here
                check(name + ": target_generator", vqkd ? new Count(trainable, 0) : new Count(0, 0), count, differences);
                return;
            }
            long fixed = child.getKey().equals("backbone")
                    ? POSITIONS.entrySet().stream().filter(entry -> name.contains(entry.getKey())).mapToLong(Map.Entry::getValue).sum() : 0;
            check(name + ": " + child.getKey(), new Count(parameters, FROZEN.contains(child.getKey()) ? 0 : trainable - fixed), count, differences);
        });
    }

    private static void check(String what, Count expected, Count found, List<String> differences) {
        if (!expected.equals(found)) {
            differences.add(what + ": " + found + ", not " + expected);
        }
    }

    private static Map<String, Map<String, Count>> read(Path csv) throws IOException {
        Map<String, Map<String, Count>> counts = new HashMap<>();
        List<String> rows = Files.readAllLines(csv);
        for (String row : rows.subList(1, rows.size())) {
            String[] values = row.split(",");
            counts.computeIfAbsent(values[0], config -> new HashMap<>()).put(values[1], new Count(Long.parseLong(values[2]), Long.parseLong(values[3])));
        }
        return counts;
    }
}
