package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        Metadata.components().values().forEach(component -> {
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
        Metadata.components().forEach((name, component) -> {
            if (!component.path("summary").asText().endsWith(".")) {
                silent.add(name);
            }
            keys(component).filter(key -> key.path("doc").asText().isBlank()).forEach(key -> silent.add(name + " " + key.path("key").asText()));
        });
        assertEquals(List.of(), silent);
    }

    @Test
    void everyKindThatARunNeedsIsThere() throws IOException {
        List<String> kinds = Metadata.components().values().stream().map(c -> c.path("kind").asText()).distinct().sorted().toList();
        assertTrue(kinds.containsAll(List.of("algorithm", "backbone", "collate", "data_preprocessor", "dataset", "head", "hook", "initializer", "loop",
                "loss", "neck", "norm", "optim_wrapper", "optim_wrapper_constructor", "optimizer", "param_scheduler", "sampler", "transform",
                "vis_backend", "visualizer")), kinds::toString);
    }

    private static Stream<JsonNode> keys(JsonNode component) {
        return component.path("config").valueStream();
    }
}
