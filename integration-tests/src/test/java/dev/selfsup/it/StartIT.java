package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps the container from starting is told in one line. */
@Timeout(60)
final class StartIT {
    private static final String SCRIPT = Path.of(System.getProperty("selfsup.root"), "selfsup").toString();

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void aFileInTheWay() throws IOException {
        file = Files.writeString(folder.resolve("file"), "in the way");
    }

    @Test
    void aTemporaryFolderThatIsAFileIsNamed() throws Exception {
        assertTold(2, "cannot write the cache of the container, " + file, run(Map.of("TMPDIR", file.toString()), SCRIPT, "list"));
    }

    @Test
    void aDeployFolderThatIsAFileIsNamed() throws Exception {
        assertTold(2, "cannot watch " + file + " for plug-ins: it is a file", run(Map.of("SELFSUP_DEPLOY", file.toString()), SCRIPT, "list"));
    }

    @Test
    void aFullDiskUnderTheCacheIsNamed() throws Exception {
        String within = "ulimit -f 0; exec \"$@\"";
        assertTold(1, "cannot write the cache of the container, " + folder, run(Map.of("TMPDIR", folder.toString()), "bash", "-c", within, "bash", SCRIPT, "list"));
    }

    @Test
    void aDeployFolderFullOfOtherThingsDisturbsNothing() throws Exception {
        Path deploy = Files.createDirectories(folder.resolve("deploy/sub folder"));
        Files.writeString(deploy.resolveSibling("notes.txt"), "no jar");
        Files.writeString(deploy.resolveSibling("broken.cfg"), "= {{{");
        Ended ended = run(Map.of("SELFSUP_DEPLOY", deploy.getParent().toString()), SCRIPT, "list", "loop");
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(List.of(), ended.err());
    }

    @Test
    void foldersWithBlanksAndOtherAlphabetsWork() throws Exception {
        Path odd = Files.createDirectories(folder.resolve("mit Leerzeichen, Ümlaut und 日本語"));
        Ended ended = run(Map.of("TMPDIR", odd.toString(), "SELFSUP_DEPLOY", odd.resolve("deploy").toString()), SCRIPT, "list", "loop");
        assertEquals(0, ended.status(), ended::toString);
        assertTrue(Files.isDirectory(odd.resolve("deploy")));
    }

    @Test
    void containersStartedAtOnceDoNotDisturbEachOther() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ProcessBuilder builder = new ProcessBuilder(SCRIPT, "list", "loop").directory(folder.toFile());
            builder.environment().put("TMPDIR", folder.toString());
            processes.add(builder.start());
        }
        for (Process process : processes) {
            assertEquals(List.of(), process.errorReader().lines().toList());
            assertEquals("loop", process.inputReader().readLine());
            assertEquals(0, process.waitFor());
        }
    }

    private static void assertTold(int status, String words, Ended ended) {
        assertEquals(1, ended.err().size(), ended::toString);
        assertTrue(ended.err().get(0).startsWith("selfsup: ") && ended.err().get(0).contains(words), ended::toString);
        assertEquals(status, ended.status(), ended::toString);
        assertEquals(List.of(), ended.out());
    }

    private record Ended(int status, List<String> out, List<String> err) {}

    /** Runs a command line whose output goes into pipes, which no limit of file sizes concerns. */
    private Ended run(Map<String, String> environment, String... line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(line))).directory(folder.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> out = process.inputReader().lines().toList();
        List<String> err = process.errorReader().lines().toList();
        return new Ended(process.waitFor(), out, err);
    }
}
