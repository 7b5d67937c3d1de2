package dev.selfsup.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
    @TempDir
    private Path folder;

    @Test
    void eachObjectIsALineInTheOrderOfItsKeys() throws IOException {
        Path path = folder.resolve("a/log.json");
        try (JsonLines lines = new JsonLines(path)) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("loss", 0.5);
            values.put("epoch", 3);
            values.put("a", "x\n\"ä");
            values.put("nan", Double.NaN);
            values.put("inf", Float.NEGATIVE_INFINITY);
            lines.write(values);
            assertEquals("{\"loss\":0.5,\"epoch\":3,\"a\":\"x\\n\\\"ä\",\"nan\":\"NaN\",\"inf\":\"-Infinity\"}\n", Files.readString(path));
        }
    }

    @Test
    void anExistingFileIsContinuedAndALineCutOffByACrashIsEnded() throws IOException {
        Path path = Files.writeString(folder.resolve("log.json"), "{\"a\":1}\n{\"a\":");
        try (JsonLines lines = new JsonLines(path)) {
            lines.write(Map.of("a", 3));
        }
        assertEquals(List.of("{\"a\":1}", "{\"a\":", "{\"a\":3}"), Files.readAllLines(path));
    }

    @Test
    void linesThatAreNotKeptAndOneCutOffAreRemoved() throws IOException {
        Path path = Files.writeString(folder.resolve("log.json"), "{\"a\":1}\n{\"a\":3}\n{\"a\":2}\n{\"a\":");
        JsonLines.keep(path, line -> line.path("a").asInt() < 3);
        assertEquals(List.of("{\"a\":1}", "{\"a\":2}"), Files.readAllLines(path));
        JsonLines.keep(folder.resolve("none"), line -> true);
        assertEquals(List.of(path), Files.list(folder).toList());
    }

    @Test
    void aFullDiskIsNamed() {
        try (JsonLines lines = new JsonLines(Path.of("/dev/full"))) {
            UsageException e = assertThrows(UsageException.class, () -> lines.write(Map.of("a", 1)));
            assertTrue(e.getMessage().startsWith("cannot write /dev/full: No space left"), e.getMessage());
            assertEquals(1, e.status());
        }
    }
}
