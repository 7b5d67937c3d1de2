package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs side by side, in one process and in several: they do not disturb each other, and each can be ended from elsewhere. */
@Timeout(300)
final class JobsIT {
    private static final String[] LONG = {"train", "tiny.yaml", "--work-dir", "run", "--cfg-options", "train_cfg.max_epochs=1000"};

    @TempDir
    Path folder;

    private Selfsup selfsup;

    @BeforeEach
    void files() throws Exception {
        selfsup = new Selfsup(folder);
    }

    @Test
    void twoRunsInOneProcessGiveBitForBitWhatEachGivesAlone() throws Exception {
        String first = "train exact.yaml --work-dir %s --cfg-options model.backbone.base_channels=8 model.backbone.stem_channels=8 model.neck.in_channels=64";
        String second = "train exact.yaml --work-dir %s --seed 3 --cfg-options 'optim_wrapper.optimizer={type: AdamW, lr: 0.002, _delete_: true}'";
        Selfsup.Ended both = selfsup.pipe(first.formatted("first") + "\n" + second.formatted("second") + "\n");
        assertEquals(0, both.status(), both::toString);
        assertTrue(both.out().stream().anyMatch(line -> line.startsWith("job 1: ")) && both.out().stream().anyMatch(line -> line.startsWith("job 2 done (")), both::toString);
        assertTrue(overlap("first", "second"), "both ran at one time");
        assertEquals(0, selfsup.pipe(first.formatted("first-alone")).status());
        assertEquals(0, selfsup.pipe(second.formatted("second-alone")).status());
        for (String run : List.of("first", "second")) {
            assertEquals(losses(run + "-alone"), losses(run));
            assertEquals(-1, Files.mismatch(selfsup.tensors(run + "-alone", "iter_36"), selfsup.tensors(run, "iter_36")), "weights, buffers, optimizer");
        }
    }

    /** Whether each of two runs had begun before the other had ended. */
    private boolean overlap(String one, String other) throws Exception {
        Path a = folder.resolve(one);
        Path b = folder.resolve(other);
        return begun(a).toMillis() < ended(b).toMillis() && begun(b).toMillis() < ended(a).toMillis();
    }

    private static FileTime begun(Path run) throws Exception {
        return Files.getLastModifiedTime(run.resolve("config.yaml"));
    }

    private static FileTime ended(Path run) throws Exception {
        return Files.getLastModifiedTime(run.resolve("log.jsonl"));
    }

    /** The figures of the log, but for those of time, in an order of their own. */
    private List<String> losses(String run) {
        return selfsup.log(run).stream().map(line -> line.replaceAll(",\"(time|data_time|data_share|images_per_second|eta)\":[^,}]*", ""))
                .map(line -> Stream.of(line.split("[{},]")).sorted().collect(Collectors.joining(","))).toList();
    }

    @Test
    void pipedLinesNeedNoTerminalAndEndWithTheStatusOfTheLast() throws Exception {
        Selfsup.Ended good = selfsup.pipe("# a comment\n\nlist backbone\nx = 5\nselfsup list neck\nselfsup:list head");
        assertEquals(0, good.status(), good::toString);
        assertTrue(good.out().contains("backbone") && good.out().contains("neck") && good.out().contains("head"), good::toString);
        assertTrue(String.join("", good.out()).chars().noneMatch(c -> c < ' '), good::toString);
        assertEquals(List.of(), good.err());
        assertEquals(2, selfsup.pipe("list backbone\nlist 'no such kind'").status());
        assertEquals(2, selfsup.pipe("list 'open").status());
        assertEquals(1, selfsup.pipe("train tiny.yaml --cfg-options train_dataloader.dataset.data_root=none").status());
    }

    @Test
    void stopEndsTheRunOfAnotherProcessWithACheckpoint() throws Exception {
        Selfsup.Running running = selfsup.start(LONG);
        running.until(() -> selfsup.log("run").size() > 3);
        Selfsup.Ended listed = selfsup.run("jobs", ".");
        assertTrue(listed.out().stream().anyMatch(line -> line.startsWith(running.process().pid() + " ") && line.contains("./run ") && line.endsWith("tiny.yaml")),
                listed::toString);
        Selfsup.Ended stop = selfsup.run("stop", "run");
        assertEquals(0, stop.status(), stop::toString);
        assertTrue(stop.last().matches("run: stopped at epoch \\d+, iteration \\d+; go on with --resume"), stop::toString);
        Selfsup.Ended ended = running.ended();
        assertEquals(0, ended.status(), ended::toString);
        assertEquals("run: " + ended.last(), stop.last());
        String iteration = stop.last().replaceFirst(".*iteration (\\d+).*", "$1");
        assertTrue(selfsup.files("run", "(iter|epoch)_\\d+\\.json").stream().anyMatch(file -> contains(file, "\"iteration\":" + iteration)), iteration);
        assertEquals(List.of(), selfsup.files("run", "run\\..*"));
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).replace(" ", "").contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void stopGivesUpOnARunThatDoesNotReactAndNamesItsProcess() throws Exception {
        Selfsup.Running running = selfsup.start(LONG);
        running.until(() -> selfsup.log("run").size() > 3);
        running.signal("STOP");
        Selfsup.Ended stop = selfsup.run("stop", "run", "--timeout", "1");
        assertTrue(stop.told(1, "has been asked to end, but has not yet", "kill " + running.process().pid()), stop::toString);
        running.signal("CONT");
        Selfsup.Ended ended = running.ended();
        assertTrue(ended.last().startsWith("stopped at epoch "), ended::toString);
    }

    @Test
    void aFolderInUseIsRefusedNamingItsProcessAndTheFilesOfAKilledOneAreInNobodysWay() throws Exception {
        Selfsup.Running running = selfsup.start(LONG);
        running.until(() -> selfsup.log("run").size() > 3);
        running.signal("STOP"); // so that it does not get ahead of what is resumed below
        Selfsup.Ended second = selfsup.run(LONG);
        assertTrue(second.told(2, "another process trains in", "pid " + running.process().pid(), "tiny.yaml", "selfsup stop", "--work-dir"), second::toString);
        running.signal("KILL");
        running.ended();
        assertTrue(Files.exists(folder.resolve("run/run.pid")));
        Selfsup.Ended resumed = selfsup.run("train", "tiny.yaml", "--work-dir", "run", "--resume", "--cfg-options", "train_cfg.max_epochs=20");
        assertEquals(0, resumed.status(), resumed::toString);
        assertFalse(Files.exists(folder.resolve("run/run.pid")), resumed::toString);
    }

    @Test
    void stopTellsWhereNobodyTrainsAndRemovesTheFileOfAKilledRun() throws Exception {
        Selfsup.Running running = selfsup.start(LONG);
        running.until(() -> selfsup.log("run").size() > 3);
        running.signal("KILL");
        running.ended();
        Selfsup.Ended stale = selfsup.run("stop", "run");
        assertTrue(stale.told(2, "nobody trains in run", "pid " + running.process().pid(), "removed"), stale::toString);
        assertFalse(Files.exists(folder.resolve("run/run.pid")));
        assertTrue(selfsup.run("stop", "run").told(2, "nobody trains in run"));
        assertTrue(selfsup.run("stop", "data").told(2, "nobody trains in data"));
        assertTrue(selfsup.run("stop", "nowhere").told(2, "there is no folder nowhere"));
        assertTrue(selfsup.run("stop", "1").told(2, "job 1: jobs belong to an interactive shell"));
        assertTrue(selfsup.run("attach", "1").told(2, "job 1: jobs belong to an interactive shell"));
    }
}
