package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every config that ships binds in the distribution: no unknown key, no wrong value, and no type but those not installed yet. */
final class ShippedConfigsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Pattern EVALUATION = Pattern.compile("^configs/(benchmarks|tsne)/|/classification/");
    private static final Pattern VALID = Pattern.compile("configs/.* is valid");
    private static final Pattern NOT_INSTALLED = Pattern.compile("configs/.*: no \\w+ '[^']+' is installed.*");

    @Test
    void everyConfigIsValid() throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(ROOT.resolve("selfsup").toString(), "config", "validate"));
        line.addAll(configs());
        Process process = new ProcessBuilder(line).directory(ROOT.toFile()).redirectErrorStream(true).start();
        List<String> output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        process.waitFor();
        List<String> mistakes = output.stream().filter(VALID.asMatchPredicate().negate()).toList();
        assertEquals(List.of(), mistakes.stream().filter(NOT_INSTALLED.asMatchPredicate().negate()).toList());
        assertTrue(output.size() - mistakes.size() >= 4, output::toString);
    }

    /** What can be run: no bases, and none that evaluate a backbone, whose types come later. */
    private static List<String> configs() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("configs"))) {
            return files.map(file -> ROOT.relativize(file).toString())
                    .filter(file -> file.endsWith(".yaml") && !EVALUATION.matcher(file).find() && !file.contains("_base_"))
                    .sorted()
                    .toList();
        }
    }
}
