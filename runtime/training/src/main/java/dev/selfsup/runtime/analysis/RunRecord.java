package dev.selfsup.runtime.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The figures of a run, as its log {@code log.jsonl} holds them, a JSON object a line; or as MMEngine's {@code scalars.json} does.
 *
 * @param name what tells the run from others: its folder
 * @param lines figures, without events
 */
record RunRecord(String name, List<JsonNode> lines) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LOG = "log.jsonl";
    private static final String MODE = "mode";

    /**
     * Reads a log.
     *
     * @param given the file, or the folder of a run
     * @throws UsageException if it cannot be read, or a line of it is no JSON; but the last one may be cut off
     */
    static RunRecord read(Path given) {
        Path file = Files.isDirectory(given) ? given.resolve(LOG) : given;
        if (!Files.exists(file)) {
            throw new UsageException(file + " does not exist: name the folder of a run, or its " + LOG);
        }
        List<String> texts;
        try (Stream<String> all = Files.lines(file)) {
            texts = all.toList();
        } catch (IOException | UncheckedIOException e) {
            throw new UsageException(file + " cannot be read: " + e.getMessage());
        }
        List<JsonNode> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            try {
                JsonNode line = JSON.readTree(texts.get(i));
                if (line.isObject() && !line.path(MODE).asText().equals("event")) {
                    lines.add(line);
                }
            } catch (JsonProcessingException e) {
                if (i < texts.size() - 1) {
                    throw new UsageException(file + ":" + (i + 1) + ": is no JSON object; a log has one a line");
                }
            }
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        return new RunRecord(folder.getFileName() == null ? file.toString() : folder.getFileName().toString(), lines);
    }

    /** Lines of training. */
    List<JsonNode> training() {
        return lines.stream().filter(line -> !line.has(MODE) || line.get(MODE).asText().equals("train")).toList();
    }

    /** Names of all figures. */
    Set<String> figures() {
        Set<String> names = new TreeSet<>();
        lines.forEach(line -> line.fieldNames().forEachRemaining(names::add));
        names.removeAll(Set.of(MODE, "epoch", "iter", "step"));
        return names;
    }

    /** A figure over the iterations of a run. */
    record Course(double[] x, double[] y) {}

    /** The course of a figure; empty where no line has it. */
    Course course(String figure) {
        List<JsonNode> with = lines.stream().filter(line -> line.has(figure)).toList();
        return new Course(with.stream().mapToDouble(line -> line.path("iter").asDouble(line.path("step").asDouble())).toArray(),
                with.stream().mapToDouble(line -> number(line.get(figure))).toArray());
    }

    /** A number; JSON has texts for those that are none. */
    static double number(JsonNode value) {
        return value.isNumber() ? value.asDouble() : switch (value.asText()) {
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.NaN;
        };
    }
}
