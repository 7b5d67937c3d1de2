package dev.selfsup.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSON file whose presence makes a checkpoint: it names the tensor file, says what that must hash to, and carries the
 * run's metadata. It ends in a checksum of itself.
 *
 * @param path the JSON file
 * @param sequence greater for a later save
 * @param tensors name of the tensor file, in the same folder
 * @param bytes size of the tensor file
 * @param sha256 checksum of the tensor file
 * @param metadata what the run wants to remember
 */
record Sidecar(Path path, long sequence, String tensors, long bytes, String sha256, ObjectNode metadata) {
    /** Checkpoints are called {@code epoch_10}, {@code iter_2000} or {@code best_knn}. */
    static final String TAG = "(?:epoch_\\d{1,9}|iter_\\d{1,12}|best_[A-Za-z0-9_.-]{1,100})";

    private static final Pattern TENSORS = Pattern.compile("(" + TAG + ")-[0-9a-f]{8}\\.safetensors");
    private static final String FORMAT = "selfsup-checkpoint-1";
    private static final int LIMIT = 64 << 20;
    private static final JsonMapper JSON = JsonMapper.builder(
                    JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** The tag that a tensor file's name begins with, null if the name is not one of ours. */
    static String tagOfTensors(String name) {
        Matcher matcher = TENSORS.matcher(name);
        return matcher.matches() ? matcher.group(1) : null;
    }

    /** {@code epoch_10} of {@code epoch_10.json}. */
    String tag() {
        String name = path.getFileName().toString();
        return name.substring(0, name.length() - ".json".length());
    }

    /** The tensor file. */
    Path tensorPath() {
        return path.resolveSibling(tensors);
    }

    /** The file's content: one key a line, checksum last. */
    byte[] toJson() throws IOException {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("format", FORMAT).put("sequence", sequence);
        tree.putObject("tensors").put("file", tensors).put("bytes", bytes).put("sha256", sha256);
        tree.set("metadata", metadata);
        ObjectNode read = (ObjectNode) JSON.readTree(JSON.writeValueAsBytes(tree));
        read.put("checksum", Checksum.of(JSON.writeValueAsBytes(read)));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(read);
    }

    /**
     * Reads and checks a file, not the tensor file that it names.
     *
     * @throws DamagedFileException if it cannot be read or was not written by {@link #toJson}
     */
    static Sidecar read(Path path) {
        try (InputStream in = new FileInputStream(path.toFile())) {
            if (Files.size(path) > LIMIT) {
                throw new DamagedFileException(path, "has more than " + LIMIT + " bytes: it is not a checkpoint");
            }
            return of(path, JSON.readTree(in));
        } catch (JsonProcessingException e) {
            throw new DamagedFileException(path, "is damaged, it is not JSON any more: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new DamagedFileException(path, "cannot be read: " + (Files.exists(path) ? Reason.of(e) : "no such file"));
        }
    }

    private static Sidecar of(Path path, JsonNode tree) throws IOException {
        if (!(tree instanceof ObjectNode object) || !object.path("format").asText().equals(FORMAT)) {
            throw new DamagedFileException(path, "is not a checkpoint: its format is not " + FORMAT);
        }
        JsonNode checksum = object.remove("checksum");
        if (checksum == null || !checksum.asText().equals(Checksum.of(JSON.writeValueAsBytes(object)))) {
            throw new DamagedFileException(path, "is damaged: its content does not match its checksum");
        }
        String tensors = object.at("/tensors/file").asText();
        if (tagOfTensors(tensors) == null || !(object.get("metadata") instanceof ObjectNode metadata)) {
            throw new DamagedFileException(path, "is not a checkpoint: it names no tensor file or has no metadata");
        }
        return new Sidecar(path, object.path("sequence").asLong(), tensors, object.at("/tensors/bytes").asLong(),
                object.at("/tensors/sha256").asText(), metadata);
    }
}
