package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code bench}: what it prints, never how fast it was. */
final class BenchIT {
    private static final String FIGURE = "\\d+\\.\\d";

    @TempDir
    Path folder;

    private Selfsup selfsup;

    @BeforeEach
    void makeData() throws IOException {
        selfsup = new Selfsup(folder);
    }

    @Test
    void aStepIsMeasuredWithTheShareOfEachKernel() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("bench", "step", "--model", "tiny.yaml", "--threads", "1", "--profile");
        assertEquals(0, ended.status(), () -> ended.toString());
        assertTrue(ended.last().matches("step: " + FIGURE + " ms, " + FIGURE + " images/s, peak \\d+ MB"), ended::last);
        List<String> head = ended.out().stream().filter(line -> line.startsWith("kernel ")).toList();
        assertEquals(1, head.size(), () -> ended.out().toString());
        assertEquals(List.of("kernel", "calls", "ms", "share"), List.of(head.get(0).split(" +")));
        assertTrue(ended.out().stream().anyMatch(line -> line.matches("convolution +\\d+ +" + FIGURE + "\\d +" + FIGURE + " %")), () -> ended.out().toString());
        assertTrue(ended.out().stream().anyMatch(line -> line.startsWith("update ")), () -> ended.out().toString());
    }

    @Test
    void anInputPipelineIsMeasuredByStage() throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("bench", "data", "tiny.yaml", "--step-ms", "50");
        assertEquals(0, ended.status(), () -> ended.toString());
        assertTrue(ended.last().matches("data: " + FIGURE + " images/s a core of CPU time, " + FIGURE + " images/s with \\d+ workers"), ended::last);
        for (String stage : List.of("LoadImageFromFile", "view 1: RandomResizedCrop", "normalise and collate", "all")) {
            assertTrue(ended.out().stream().anyMatch(line -> line.startsWith(stage + " ")), () -> stage + " is not in " + ended.out());
        }
        assertTrue(ended.out().stream().anyMatch(line -> line.matches("a step of 50.0 ms takes a batch of \\d+, .* \\d+ worker\\(s\\)")), () -> ended.out().toString());
    }

    @Test
    void whatIsMissingIsToldWithARemedy() throws IOException, InterruptedException {
        assertTrue(selfsup.run("bench", "step", "--model", "resnet51").told(2, "there is no model 'resnet51'"));
        assertTrue(selfsup.run("bench", "step").told(2, "bench step needs a --model"));
        assertTrue(selfsup.run("bench", "data").told(2, "bench data needs a CONFIG"));
        assertTrue(selfsup.run("bench", "compare", "--model", "resnet50", "--python", "no-such-python").told(2, "pip install torch", "--python"));
    }
}
