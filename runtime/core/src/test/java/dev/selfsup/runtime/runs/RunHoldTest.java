package dev.selfsup.runtime.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunHoldTest {
    @TempDir
    Path folder;

    @Test
    void aRunSaysWhoItIsWhileItLastsAndLeavesNothing() throws IOException {
        try (RunHold hold = RunHold.take(folder, "configs/a b.yaml")) {
            RunPid pid = RunPid.in(folder).orElseThrow();
            assertEquals(ProcessHandle.current().pid(), pid.pid());
            assertEquals("configs/a b.yaml", pid.config());
            assertTrue(pid.here() && pid.lives() && pid.isOfThisProcess());
            assertFalse(hold.stopRequested());
        }
        assertEquals(List.of(".run.lock"), files());
    }

    @Test
    void aFolderIsHeldOnceHoweverItIsNamed() throws IOException {
        Path other = Files.createSymbolicLink(folder.resolveSibling("link-" + folder.getFileName()), folder);
        try (RunHold hold = RunHold.take(folder, "a.yaml")) {
            UsageException refused = assertThrows(UsageException.class, () -> RunHold.take(other, "b.yaml"));
            assertTrue(refused.getMessage().startsWith("another run of this process trains in " + other + " (pid " + ProcessHandle.current().pid() + ", a.yaml, since "),
                    refused::getMessage);
            assertEquals("a.yaml", RunPid.in(folder).orElseThrow().config());
        } finally {
            Files.delete(other);
        }
        RunHold.take(folder, "b.yaml").close();
    }

    @Test
    void whatAKilledRunHasLeftIsInNobodysWay() throws IOException {
        write(dead());
        Files.writeString(folder.resolve(StopRequest.FILE), dead().json());
        try (RunHold hold = RunHold.take(folder, "a.yaml")) {
            assertEquals("a.yaml", RunPid.in(folder).orElseThrow().config());
            assertFalse(Files.exists(folder.resolve(StopRequest.FILE)));
        }
    }

    @Test
    void aProcessOfTheSameNumberThatStartedAtAnotherTimeIsAnother() {
        RunPid now = RunPid.begun("a.yaml");
        assertTrue(now.lives());
        assertFalse(new RunPid(now.pid(), now.processStarted().minusSeconds(60), now.host(), now.started(), "a.yaml").lives());
        assertTrue(new RunPid(now.pid(), Instant.EPOCH, "elsewhere", now.started(), "a.yaml").lives());
    }

    @Test
    void aFileThatCannotBeUnderstoodTellsNothing() throws IOException {
        for (String text : List.of("", "{", "[1]", "{\"pid\": \"x\"}", "4711\n", "{\"pid\": 1}")) {
            Files.writeString(folder.resolve(RunPid.FILE), text);
            assertEquals(Optional.empty(), RunPid.in(folder), text);
        }
    }

    @Test
    void aRequestReachesTheRunAndItsLastWordsComeBack() throws IOException {
        RunHold hold = RunHold.take(folder, "a.yaml");
        StopRequest request = StopRequest.make(folder);
        assertFalse(request.ended());
        while (!hold.stopRequested()) {
            Thread.onSpinWait();
        }
        hold.lastWords("stopped at epoch 1");
        hold.close();
        assertTrue(request.ended());
        assertEquals(Optional.of("stopped at epoch 1"), request.answer());
        assertEquals(List.of(".run.lock"), files());
    }

    @Test
    void aRunThatFailsGivesNoAnswer() throws IOException {
        RunHold hold = RunHold.take(folder, "a.yaml");
        StopRequest request = StopRequest.make(folder);
        hold.close();
        assertTrue(request.ended());
        assertEquals(Optional.empty(), request.answer());
        assertEquals(List.of(".run.lock"), files());
    }

    @Test
    void theRequestToAnEarlierRunDoesNotEndALaterOne() throws IOException {
        try (RunHold hold = RunHold.take(folder, "a.yaml")) {
            Files.writeString(folder.resolve(StopRequest.FILE), dead().json());
            assertFalse(StopRequest.isMade(folder, RunPid.in(folder).orElseThrow()));
        }
    }

    @Test
    void whereNobodyTrainsAStaleFileIsRemovedAndToldOf() throws IOException {
        write(dead());
        UsageException told = assertThrows(UsageException.class, () -> StopRequest.make(folder));
        assertTrue(told.getMessage().startsWith("nobody trains in " + folder + ": its run.pid, of pid " + dead().pid() + ", was left by a run that has been killed"),
                told::getMessage);
        assertFalse(Files.exists(folder.resolve(RunPid.FILE)));
        assertEquals("nobody trains in " + folder + ": it has no run.pid", assertThrows(UsageException.class, () -> StopRequest.make(folder)).getMessage());
    }

    /** A process that has ended. */
    private static RunPid dead() {
        RunPid now = RunPid.begun("old.yaml");
        return new RunPid(now.pid(), now.processStarted().minusSeconds(3600), now.host(), now.started().minusSeconds(3000), "old.yaml");
    }

    private void write(RunPid run) throws IOException {
        RunHold.replace(folder.resolve(RunPid.FILE), run.json());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
