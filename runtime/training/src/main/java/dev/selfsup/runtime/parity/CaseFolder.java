package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a case. A file that the case needs and that is missing or damaged is a {@link BrokenCaseException}. */
final class CaseFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Keys of case.json that only the comparison may read. */
    private static final List<String> EXPECTED = List.of("outputs", "aliases", "param_groups", "n_groups", "params_without_grad",
            "state_unchanged_after_step1", "f32_vs_f64", "tolerance");

    private final Path folder;
    private final JsonNode json;

    private CaseFolder(Path folder, JsonNode json) {
        this.folder = folder;
        this.json = json;
    }

    static CaseFolder read(Path folder) {
        JsonNode json = json(folder.resolve("case.json"));
        if (!json.isObject()) {
            throw new BrokenCaseException("case.json is no JSON object");
        }
        return new CaseFolder(folder, json);
    }

    /** A JSON file. */
    static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new BrokenCaseException(file.getFileName() + " is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new BrokenCaseException(file.getFileName() + " cannot be read: " + e);
        }
    }

    /** JSON from a text. */
    static JsonNode text(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new BrokenCaseException(json + " is not JSON: " + e.getOriginalMessage());
        }
    }

    /** The nearest file or folder of a name beside a folder or above it. */
    static Optional<Path> nearest(Path folder, String name) {
        for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve(name))) {
                return Optional.of(at.resolve(name));
            }
        }
        return Optional.empty();
    }

    /** Everything that case.json says. */
    JsonNode json() {
        return json;
    }

    /** What a replay sees. */
    Recording recording() {
        return new Recording(folder, description(), inputs(), initial());
    }

    private JsonNode description() {
        ObjectNode description = json.deepCopy();
        description.remove(EXPECTED);
        if (description.get("results_top1_top5_percent") instanceof ObjectNode results) {
            results.properties().forEach(result -> result.setValue(JSON.nullNode()));
        }
        return description;
    }

    Map<String, Tensor> inputs() {
        return tensors("inputs.npz", json.path("inputs"));
    }

    /** Outputs in the order of their table; an array that only one of table and file has is an error. */
    Map<String, Tensor> outputs() {
        Map<String, Tensor> outputs = tensors("outputs.npz", json.path("outputs"));
        if (outputs.size() != json.path("outputs").size()) {
            throw new BrokenCaseException("outputs.npz has arrays that are not listed in case.json");
        }
        return outputs;
    }

    private Map<String, Tensor> tensors(String file, JsonNode table) {
        if (table.isEmpty() && !Files.exists(folder.resolve(file))) {
            return Map.of();
        }
        Map<String, Tensor> read = Npz.readAll(existing(folder.resolve(file)));
        Map<String, Tensor> ordered = new LinkedHashMap<>();
        table.fieldNames().forEachRemaining(name -> {
            if (!read.containsKey(name)) {
                throw new BrokenCaseException(file + " has no " + name);
            }
            ordered.put(name, read.get(name));
        });
        read.forEach(ordered::putIfAbsent);
        return ordered;
    }

    /** Initial state by name, that of a shared target generator included. */
    Map<String, Tensor> initial() {
        Map<String, Tensor> initial = new LinkedHashMap<>(tensors("params.npz", json.path("params")));
        JsonNode generator = json.path("target_generator_files");
        if (generator.has("params")) {
            Path file = nearest(folder, generator.get("params").asText())
                    .orElseThrow(() -> new BrokenCaseException("there is no " + generator.get("params").asText() + " beside or above the case"));
            String prefix = generator.path("prefix").asText();
            Npz.readAll(file).forEach((name, tensor) -> initial.putIfAbsent(prefix + name, tensor));
        }
        return initial;
    }

    private static Path existing(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BrokenCaseException(file.getFileName() + " is missing");
        }
        return file;
    }
}
