package dev.selfsup.shell.interactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HistoryFileTest {
    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();

    @Test
    void itIsMadeInTheFolderOfStates() {
        Path state = folder.resolve("a/state");
        assertEquals(Optional.of(state.resolve("selfsup/history")), HistoryFile.open(Map.of("XDG_STATE_HOME", state.toString()), told::add));
        assertTrue(Files.exists(state.resolve("selfsup/history")));
        assertEquals(List.of(), told);
    }

    @Test
    void whereItCannotBeMadeTheShellGoesOnWithoutAndSaysSo() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(Optional.empty(), HistoryFile.open(Map.of("XDG_STATE_HOME", file.toString()), told::add));
        assertTrue(told.get(0).startsWith("lines are not remembered: " + file.resolve("selfsup/history")), told::toString);
        assertEquals(1, told.size());
    }
}
