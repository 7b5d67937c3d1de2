package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every config that ships binds completely in the distribution: each type is installed, each key known. */
final class ShippedConfigsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Pattern NOT_INSTALLED = Pattern.compile(".*: no \\w+ '[^']+' is installed.*");

    @TestFactory
    Stream<DynamicTest> everyConfigIsValid() throws IOException {
        List<Path> configs;
        try (Stream<Path> files = Files.walk(ROOT.resolve("configs"))) {
            configs = files.filter(file -> file.toString().endsWith(".yaml") && !file.toString().contains("_base_"))
                    .map(ROOT::relativize)
                    .sorted()
                    .toList();
        }
        assertTrue(configs.size() >= 5, configs::toString);
        return configs.stream().map(config -> DynamicTest.dynamicTest(config.toString(), () -> assertValid(config)));
    }

    /** A config of whose types some are not installed yet is left out, unless anything else is wrong with it. */
    private static void assertValid(Path config) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(ROOT.resolve("selfsup").toString(), "config", "validate", config.toString())
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() == 2) {
            List<String> missing = output.lines().toList();
            Assumptions.assumeFalse(missing.stream().allMatch(line -> NOT_INSTALLED.matcher(line).matches()), output);
        }
        assertEquals(config + " is valid", output);
    }
}
