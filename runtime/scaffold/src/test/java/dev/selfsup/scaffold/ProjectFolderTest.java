package dev.selfsup.scaffold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectFolderTest {
    private static final Map<String, String> FILES = Map.of("a.txt", "new", "b/c.txt", "deep");

    @TempDir
    Path parent;

    @Test
    void aNewFolderHoldsTheFilesAndNothingLiesBesideIt() throws IOException {
        new ProjectFolder(parent.resolve("x/y"), false).write(FILES);
        assertEquals(List.of("x", "x/y", "x/y/a.txt", "x/y/b", "x/y/b/c.txt"), content());
        assertEquals("deep", Files.readString(parent.resolve("x/y/b/c.txt")));
    }

    @Test
    void anEmptyFolderIsFilled() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("x"));
        new ProjectFolder(folder, false).write(FILES);
        assertEquals(List.of("x", "x/a.txt", "x/b", "x/b/c.txt"), content());
    }

    @Test
    void aFolderThatHoldsSomethingIsRefused() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("x"));
        Files.writeString(folder.resolve("mine"), "");
        UsageException refusal = assertThrows(UsageException.class, () -> new ProjectFolder(folder, false));
        assertEquals(folder + " is not empty; choose another --dir, or add --force to replace the files of an older project of that name", refusal.getMessage());
    }

    @Test
    void forceReplacesFilesOfTheSameNamesAlone() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("x"));
        Files.writeString(folder.resolve("mine"), "kept");
        Files.writeString(folder.resolve("a.txt"), "old");
        new ProjectFolder(folder, true).write(FILES);
        assertEquals(List.of("x", "x/a.txt", "x/b", "x/b/c.txt", "x/mine"), content());
        assertEquals("new", Files.readString(folder.resolve("a.txt")));
        assertEquals("kept", Files.readString(folder.resolve("mine")));
    }

    @Test
    void aFileInTheWayIsRefused() throws IOException {
        Path file = Files.writeString(parent.resolve("x"), "");
        assertEquals(file + " is a file, not a folder; choose another --dir",
                assertThrows(UsageException.class, () -> new ProjectFolder(file, true)).getMessage());
    }

    @Test
    void aFolderThatCannotBeMadeIsToldAndLeavesNothing() throws IOException {
        Path file = Files.writeString(parent.resolve("x"), "");
        UsageException failure = assertThrows(UsageException.class, () -> new ProjectFolder(file.resolve("y"), false).write(FILES));
        assertEquals(1, failure.status());
        assertEquals("cannot write the project " + file.resolve("y") + ": Not a directory; choose another --dir", failure.getMessage());
        assertEquals(List.of("x"), content());
    }

    private List<String> content() throws IOException {
        try (Stream<Path> walk = Files.walk(parent)) {
            return walk.filter(path -> !path.equals(parent)).map(path -> parent.relativize(path).toString()).sorted().toList();
        }
    }
}
