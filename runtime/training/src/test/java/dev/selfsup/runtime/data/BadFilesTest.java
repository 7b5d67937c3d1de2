package dev.selfsup.runtime.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.run.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadFilesTest {
    @TempDir
    Path folder;

    private final List<String> messages = new ArrayList<>();

    private static void add(BadFiles bad, int from, int to) {
        IntStream.range(from, to).forEach(i -> bad.add(new BadImageException(Path.of(i + ".jpg"), "broken")));
    }

    @Test
    void itEndsWhenMoreThanHalfOfTwentyOrMoreAreBad() {
        BadFiles bad = new BadFiles(messages::add);
        add(bad, 0, 19);
        assertEquals("20 of the first 20 image files cannot be used; the reasons are told above. Check that data_root names a folder of images",
                assertThrows(UsageException.class, () -> add(bad, 19, 20)).getMessage());
        assertEquals(20, messages.size());
    }

    @Test
    void asManyBadFilesAsGoodOnesDoNotEndIt() {
        BadFiles bad = new BadFiles(folder.resolve("bad_files.txt"), messages::add);
        IntStream.range(0, 1000).forEach(i -> bad.good(i / 2));
        add(bad, 0, 500);
        add(bad, 0, 500);
        assertEquals(500, bad.count());
        assertEquals("501 of the first 1001 image files cannot be used; they are listed with their reasons in " + folder.resolve("bad_files.txt")
                + ". Check that data_root names a folder of images", assertThrows(UsageException.class, () -> add(bad, 500, 501)).getMessage());
    }

    @Test
    void aRunThatIsResumedListsNoFileTwice() throws Exception {
        Path list = folder.resolve("bad_files.txt");
        add(new BadFiles(list, messages::add), 0, 2);
        add(new BadFiles(list, messages::add), 1, 3);
        assertEquals(List.of("0.jpg: broken", "1.jpg: broken", "2.jpg: broken"), Files.readAllLines(list));
    }
}
