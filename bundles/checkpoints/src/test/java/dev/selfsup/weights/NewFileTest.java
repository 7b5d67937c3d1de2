package dev.selfsup.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are there whole or not at all. */
final class NewFileTest {
    @TempDir
    private Path folder;

    private List<Path> all() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void refused(String message, Path path, boolean force) {
        assertEquals(message, assertThrows(UsageException.class, () -> NewFile.write(path, force, out -> out.write(1))).getMessage());
        assertEquals(message, assertThrows(UsageException.class, () -> NewFile.tried(path, force, file -> Files.writeString(file, "1"))).getMessage());
    }

    @Test
    void foldersThatAreMissingAreMade() throws IOException {
        NewFile.tried(folder.resolve("new/a.png"), false, file -> Files.writeString(file, "a"));
        NewFile.write(folder.resolve("other/b.txt"), false, out -> out.write('b'));
        assertEquals("ab", Files.readString(folder.resolve("new/a.png")) + Files.readString(folder.resolve("other/b.txt")));
        assertEquals(2, all().size());
    }

    @Test
    void aFolderIsNeverReplaced() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        refused(empty + " is a folder: name a file in it", empty, true);
    }

    @Test
    void aFileIsReplacedByForceAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");
        refused(file + " exists already: choose another name, or say --force to replace it", file, false);
        NewFile.tried(file, true, beside -> Files.writeString(beside, "new"));
        assertEquals("new", Files.readString(file));
    }

    @Test
    void failuresNameTheFileThatWasAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path within = file.resolve("a.png");
        refused("cannot write " + within + ": " + file + " is no folder", within, false);
        Path deeper = file.resolve("new/a.png");
        assertEquals("cannot write " + deeper + ": Not a directory",
                assertThrows(UsageException.class, () -> NewFile.write(deeper, false, out -> out.write(1))).getMessage());
    }

    @Test
    void nothingIsLeftOfAFileThatFails() throws IOException {
        Path path = folder.resolve("a.png");
        assertEquals("cannot write " + path + ": No space left on device", assertThrows(UsageException.class, () -> NewFile.tried(path, false, file -> {
            Files.writeString(file, "half");
            throw new IOException("No space left on device");
        })).getMessage());
        assertEquals(List.of(), all());
    }
}
