package dev.selfsup.visualization;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.selfsup.api.run.UsageException;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A file of JSON objects, one a line, that grows: the log of a run. A line is in the hands of the system when
 * {@link #write} returns. An existing file is continued; a last line cut off by a crash is ended, so that only it is lost.
 *
 * <p>Keys stay in the order of the map. JSON has no NaN and no infinities: they are the strings {@code "NaN"},
 * {@code "Infinity"} and {@code "-Infinity"}.
 */
public final class JsonLines implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path path;
    private final FileOutputStream out;

    /**
     * Opens the file to append; makes its folder.
     *
     * @param path the file
     * @throws UsageException with status 1 if it cannot be written
     */
    public JsonLines(Path path) {
        this.path = path;
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            boolean cutOff = cutOff(path);
            out = new FileOutputStream(path.toFile(), true);
            if (cutOff) {
                out.write('\n');
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static boolean cutOff(Path path) throws IOException {
        if (!Files.exists(path) || Files.size(path) == 0) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 1);
            return file.read() != '\n';
        }
    }

    /**
     * Removes lines of a file that nobody writes; the file is replaced at once or not at all.
     *
     * @param path the file; nothing is done where there is none
     * @param kept which lines stay; one that is no JSON, as if cut off by a crash, does not
     * @throws UsageException with status 1 if the file cannot be read or written
     */
    public static void keep(Path path, Predicate<JsonNode> kept) {
        Path beside = path.resolveSibling("." + path.getFileName() + ".tmp");
        if (!Files.exists(path)) {
            return;
        }
        try {
            try (Stream<String> lines = Files.lines(path); BufferedWriter out = Files.newBufferedWriter(beside)) {
                for (String line : (Iterable<String>) lines.filter(line -> json(line).filter(kept).isPresent())::iterator) {
                    out.write(line);
                    out.write('\n');
                }
            }
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UncheckedIOException e) {
            throw failed(path, e);
        }
    }

    private static Optional<JsonNode> json(String line) {
        try {
            return Optional.of(JSON.readTree(line));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Appends a line.
     *
     * @param values numbers, strings, booleans, lists and maps of such
     * @throws UsageException with status 1 if it cannot be written, as on a full disk
     */
    public void write(Map<String, ?> values) {
        try {
            byte[] json = JSON.writeValueAsBytes(values);
            byte[] line = Arrays.copyOf(json, json.length + 1);
            line[json.length] = '\n';
            out.write(line);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static UsageException failed(Path path, Exception e) {
        return new UsageException("cannot write " + path + ": " + e.getMessage(), 1);
    }
}
