package dev.selfsup.runtime.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look at a folder tells. */
final class FolderWatchTest {
    @TempDir
    private Path folder;
    private FolderWatch watch;

    @BeforeEach
    void watch() {
        watch = new FolderWatch(folder);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void atFirstEveryJarIsNewAndNothingElse() throws IOException {
        Path b = write("b.jar", "b");
        Path a = write("a.jar", "a");
        write("readme.txt", "no jar");
        assertEquals(new FolderWatch.Changes(List.of(a, b), List.of()), watch.begin());
        assertTrue(watch.next().none());
    }

    @Test
    void aNewJarCountsWhenItHasStoppedToGrow() throws IOException {
        watch.begin();
        write("a.jar", "half");
        assertTrue(watch.next().none());
        Path whole = write("a.jar", "half and half");
        assertTrue(watch.next().none());
        assertEquals(List.of(whole), watch.next().changed());
        assertTrue(watch.next().none());
    }

    @Test
    void aChangedJarIsChangedAndARemovedOneGone() throws IOException {
        Path jar = write("a.jar", "first");
        watch.begin();
        write("a.jar", "and second");
        watch.next();
        assertEquals(List.of(jar), watch.next().changed());
        Files.delete(jar);
        assertEquals(new FolderWatch.Changes(List.of(), List.of(jar)), watch.next());
        assertTrue(watch.next().none());
    }

    @Test
    void aLinkToNothingHidesNoOtherJar() throws IOException {
        Files.createSymbolicLink(folder.resolve("a.jar"), folder.resolve("none"));
        assertEquals(List.of(write("b.jar", "b")), watch.begin().changed());
    }

    @Test
    void aFolderThatIsNotThereIsEmpty() {
        assertTrue(new FolderWatch(folder.resolve("none")).begin().none());
    }
}
