package dev.selfsup.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class BackendCommandTest {
    @TempDir
    private Path lib;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Nobody wants the call to end. */
    private record Undisturbed() implements Interruption, Interruption.Watch {
        @Override
        public Watch watch() {
            return this;
        }

        @Override
        public boolean requested() {
            return false;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private void call(String... arguments) throws IOException {
        BackendCommand command = new BackendCommand(lib, "cpu", "the only one installed");
        new CommandLine(command).parseArgs(arguments);
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        command.run(new Call(printed, printed, 0, new Undisturbed(), progress -> { }));
    }

    private String mistake(String... arguments) {
        return assertThrows(UsageException.class, () -> call(arguments)).getMessage();
    }

    @Test
    void backendsAreListedWithTheOneThatIsUsedAndWhy() throws IOException {
        Path cpu = Files.createDirectory(lib.resolve("backend-cpu"));
        Files.write(cpu.resolve("a.jar"), new byte[2_000_000]);
        Files.createFile(cpu.resolve("packages.list"));
        call();
        assertEquals(List.of("* cpu   1 jars, 2 MB",
                "  cuda  not installed; './selfsup backend install cuda' fetches it through Maven, 3.5 GB",
                "used: cpu, the only one installed"), out.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void onlyCudaCanBeInstalled() {
        assertEquals("the arguments can be none, or 'install cuda', not 'install rocm'", mistake("install", "rocm"));
        assertEquals("the arguments can be none, or 'install cuda', not 'remove'", mistake("remove"));
    }

    @Test
    void anInstalledBackendIsNotOverwritten() throws IOException {
        Path folder = Files.createDirectory(lib.resolve("backend-cuda"));
        assertEquals(folder + " is already there; remove it first if it shall be fetched anew", mistake("install", "cuda"));
    }

    @Test
    void aFolderThatCannotBeWrittenIsAMistake() {
        assertEquals("you cannot write to " + lib.resolve("none") + "; install as its owner, or into another folder with --out",
                mistake("install", "cuda", "--out", lib.resolve("none/cuda").toString()));
    }

    @Test
    void spaceIsCheckedBeforeAnythingIsFetched() {
        CudaBackend backend = new CudaBackend(lib.resolve("launcher.jar"), path -> 2_000_000_000L);
        UsageException e = assertThrows(UsageException.class, () -> backend.fetch(lib.resolve("backend-cuda"), line -> { }, () -> false));
        assertEquals("the CUDA backend takes 3.5 GB in its folder and as much in Maven's local repository; there are only 2.0 GB free at " + lib
                + ": make room, or choose another folder with --out", e.getMessage());
        assertEquals(1, e.status());
        assertFalse(Files.exists(lib.resolve("backend-cuda")));
    }
}
