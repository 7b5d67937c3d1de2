package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods that remember every image of the training set. */
final class MemoryIT {
    private static final String LAST = "iter_36";

    @TempDir
    Path folder;
    private Selfsup selfsup;

    @BeforeEach
    void prepare() throws IOException {
        selfsup = new Selfsup(folder);
        for (String config : new String[] {"npid.yaml", "odc.yaml"}) {
            Files.copy(Path.of(System.getProperty("selfsup.root"), "integration-tests/src/test/resources/runs", config), folder.resolve(config));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"npid", "odc"})
    void killedAndResumedWithOtherWorkersEqualsUninterrupted(String method) throws IOException, InterruptedException {
        String config = method + ".yaml";
        Selfsup.Ended whole = selfsup.run("train", config, "--work-dir", "whole", "--cfg-options", "train_dataloader.num_workers=1");
        assertEquals(0, whole.status(), whole::toString);
        Selfsup.Running running = selfsup.start("train", config, "--work-dir", "pieces", "--cfg-options", "train_dataloader.num_workers=3");
        running.until(() -> selfsup.log("pieces").stream().anyMatch(line -> line.contains("\"iter\":11,")));
        running.signal("KILL");
        assertEquals(137, running.ended().status());
        Selfsup.Ended resumed = selfsup.run("train", config, "--work-dir", "pieces", "--resume", "--cfg-options", "train_dataloader.num_workers=2");
        assertEquals(0, resumed.status(), resumed::toString);
        assertEquals(-1, Files.mismatch(selfsup.tensors("whole", LAST), selfsup.tensors("pieces", LAST)), "weights, memory, optimizer, averages");
        assertEquals(whole.last(), resumed.last());
        assertTrue(resumed.last().matches("knn: raw 0\\.\\d{3}, untrained 0\\.\\d{3}, trained 0\\.\\d{3}"), resumed::last);
        assertTrue(selfsup.log("pieces").stream().anyMatch(line -> line.contains("\"effective_rank\"") && line.contains("\"feature_std\"")));
    }

    @Test
    void aMemoryThatIsTooSmallForTheImagesIsRefusedBeforeTraining() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("train", "npid.yaml", "--work-dir", "small", "--cfg-options", "model.memory_bank.length=5");
        assertEquals(2, ended.status(), ended::toString);
        assertTrue(ended.toString().contains("model.memory_bank.length is 5, but there are 24 images to remember: set model.memory_bank.length=24"), ended::toString);
    }

    @Test
    void aPipelineWithoutPlacesOfImagesIsRefusedBeforeTraining() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("train", "npid.yaml", "--work-dir", "nowhere", "--cfg-options", "train_dataloader.dataset.pipeline.2.algorithm_keys=[]");
        assertEquals(2, ended.status(), ended::toString);
        assertTrue(ended.toString().contains("the batch has no field 'sample_idx', only []: name it in algorithm_keys"), ended::toString);
    }
}
