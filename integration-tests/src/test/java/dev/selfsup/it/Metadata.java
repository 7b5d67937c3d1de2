package dev.selfsup.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** What the bundles of the distribution say of their components. */
final class Metadata {
    private Metadata() {}

    /** All components, by {@code kind scope.type}. */
    static Map<String, JsonNode> components() throws IOException {
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
