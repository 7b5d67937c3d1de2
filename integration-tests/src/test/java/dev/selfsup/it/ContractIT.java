package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every component of the distribution. */
final class ContractIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path CATALOGUE = ROOT.resolve("integration-tests/src/test/resources/catalogue.txt");

    /** Pinned in one place: a changed default changes what users' configs mean, so it must be meant. */
    @Test
    void keysTypesAndDefaultsAreThoseOfTheCatalogue() throws IOException {
        List<String> lines = new ArrayList<>();
        components().values().forEach(component -> {
            lines.add(component.path("kind").asText() + " " + component.path("scope").asText() + "." + component.path("type").asText());
            keys(component).forEach(key -> lines.add("    " + key.path("key").asText() + ": " + key.path("type").asText()
                    + (key.has("default") ? " = " + key.get("default").asText() : key.path("required").asBoolean() ? ", required" : "")));
        });
        assertEquals(String.join("\n", Files.readAllLines(CATALOGUE)), String.join("\n", lines),
                () -> "if the change is meant, write this into " + CATALOGUE);
    }

    @Test
    void everyComponentAndEveryKeyHasASentence() throws IOException {
        List<String> silent = new ArrayList<>();
        components().forEach((name, component) -> {
            if (!component.path("summary").asText().endsWith(".")) {
                silent.add(name);
            }
            keys(component).filter(key -> key.path("doc").asText().isBlank()).forEach(key -> silent.add(name + " " + key.path("key").asText()));
        });
        assertEquals(List.of(), silent);
    }

    @Test
    void everyKindThatARunNeedsIsThere() throws IOException {
        List<String> kinds = components().values().stream().map(c -> c.path("kind").asText()).distinct().sorted().toList();
        assertTrue(kinds.containsAll(List.of("algorithm", "backbone", "collate", "data_preprocessor", "dataset", "head", "hook", "initializer", "loop",
                "loss", "neck", "norm", "optim_wrapper", "optim_wrapper_constructor", "optimizer", "param_scheduler", "sampler", "transform",
                "vis_backend", "visualizer")), kinds::toString);
    }

    private static Stream<JsonNode> keys(JsonNode component) {
        return component.path("config").valueStream();
    }

    /** Metadata of all components, by kind, scope and type. */
    private static Map<String, JsonNode> components() throws IOException {
        Map<String, JsonNode> components = new TreeMap<>();
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("selfsup.dist"), "bundles"))) {
            for (Path path : jars.filter(jar -> jar.toString().endsWith(".jar")).toList()) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    for (JarEntry entry : Collections.list(jar.entries())) {
                        if (entry.getName().matches("META-INF/selfsup/.*\\.json")) {
                            try (InputStream in = jar.getInputStream(entry)) {
                                JsonNode component = new ObjectMapper().readTree(in);
                                components.put(component.path("kind").asText() + " " + component.path("scope").asText() + "."
                                        + component.path("type").asText(), component);
                            }
                        }
                    }
                }
            }
        }
        return components;
    }
}
