package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods whose labels come from the pipeline: what they learn depends on the seed alone. */
final class PretextIT {
    private static final String LAST = "iter_36";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"relative", "rotation"})
    void killedAndResumedWithOtherWorkersEqualsUninterrupted(String method) throws IOException, InterruptedException {
        Selfsup selfsup = new Selfsup(folder);
        String config = method + ".yaml";
        Files.copy(Path.of(System.getProperty("selfsup.root"), "integration-tests/src/test/resources/runs", config), folder.resolve(config));
        Selfsup.Ended whole = selfsup.run("train", config, "--work-dir", "whole", "--cfg-options", "train_dataloader.num_workers=1");
        assertEquals(0, whole.status(), whole::toString);
        Selfsup.Running running = selfsup.start("train", config, "--work-dir", "pieces", "--cfg-options", "train_dataloader.num_workers=3");
        running.until(() -> selfsup.log("pieces").stream().anyMatch(line -> line.contains("\"iter\":9,")));
        running.signal("KILL");
        assertEquals(137, running.ended().status());
        Selfsup.Ended resumed = selfsup.run("train", config, "--work-dir", "pieces", "--resume", "--cfg-options", "train_dataloader.num_workers=2");
        assertEquals(0, resumed.status(), resumed::toString);
        assertEquals(-1, Files.mismatch(selfsup.tensors("whole", LAST), selfsup.tensors("pieces", LAST)), "weights, statistics, optimizer, averages");
        assertEquals(whole.last(), resumed.last());
        assertTrue(resumed.last().matches("knn: raw 0\\.\\d{3}, untrained 0\\.\\d{3}, trained 0\\.\\d{3}"), resumed::last);
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "rotation"})
    void anotherSeedMakesOtherPatchesAndTurns(String method) throws IOException, InterruptedException {
        Selfsup selfsup = new Selfsup(folder);
        String config = method + ".yaml";
        Files.copy(Path.of(System.getProperty("selfsup.root"), "integration-tests/src/test/resources/runs", config), folder.resolve(config));
        String[] options = {"train_cfg.max_epochs=1", "custom_hooks=[]", "default_hooks.checkpoint.interval=1"};
        for (int seed : new int[] {3, 4}) {
            Selfsup.Ended ended = selfsup.run("train", config, "--work-dir", "seed" + seed, "--cfg-options", options[0], options[1], options[2],
                    "randomness.seed=" + seed);
            assertEquals(0, ended.status(), ended::toString);
        }
        assertTrue(Files.mismatch(selfsup.tensors("seed3", "iter_1"), selfsup.tensors("seed4", "iter_1")) >= 0);
    }
}
