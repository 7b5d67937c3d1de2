package dev.selfsup.shell.interactive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The file that remembers the lines of interactive shells: {@code $XDG_STATE_HOME/selfsup/history}, by default {@code ~/.local/state/selfsup/history}. */
final class HistoryFile {
    private HistoryFile() {}

    /**
     * Makes the file, where it is missing.
     *
     * @param environment of the process
     * @param messages is told if it cannot be written
     * @return the file; empty if it cannot be written
     */
    static Optional<Path> open(Map<String, String> environment, Consumer<String> messages) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path folder = (state.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(state)).resolve("selfsup");
        Path file = folder.resolve("history");
        if (!folder.isAbsolute()) {
            messages.accept("lines are not remembered: this user has no home");
            return Optional.empty();
        }
        try {
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
            if (Files.isRegularFile(file) && Files.isReadable(file) && Files.isWritable(file)) {
                return Optional.of(file);
            }
            messages.accept("lines are not remembered: " + file + " cannot be read and written");
        } catch (IOException e) {
            messages.accept("lines are not remembered: " + file + " cannot be made: " + e);
        }
        return Optional.empty();
    }
}
