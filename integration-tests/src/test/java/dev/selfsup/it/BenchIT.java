package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code bench}: what it prints, never how fast it was. */
final class BenchIT {
    private static final String FIGURE = "\\d+\\.\\d";
    private static final Pattern COUNTS = Pattern.compile(
            "step: (?<kernels>\\d+) kernels, (?<reorders>\\d+) reorders, 0 copies, 0 fallbacks, (?<heap>\\d+) bytes of heap, (?<outside>-?\\d+) of native memory");

    @TempDir
    Path folder;

    /** What the library's sort takes from the heap, with which MAE chooses patches: since Java 22 it keeps its pivots in small arrays. */
    private static final int SORTING = Runtime.version().feature() < 22 ? 0 : 2048;

    private Selfsup selfsup;

    @BeforeEach
    void makeData() throws IOException {
        selfsup = new Selfsup(folder).with("SELFSUP_JAVA_OPTS", ""); // measured as users run it
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

    /** What a step of each reference model consists of, at most. It fails where a change adds a pass over memory, loses a fused kernel, or allocates. */
    @ParameterizedTest
    @CsvSource({"vit-small, 401, 67", "resnet18-small, 160, 60", "resnet50, 384, 161", "mae-base, 674, 102"})
    void aStepIsNoMoreThanItsKernelsAndAllocatesNothing(String model, int kernels, int reorders) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("bench", "counts", "--model", model, "--threads", "2");
        assertEquals(0, ended.status(), () -> ended.toString());
        Matcher counts = COUNTS.matcher(ended.last());
        assertTrue(counts.matches(), ended::last);
        assertEquals(kernels, Integer.parseInt(counts.group("kernels")), () -> ended.out().toString());
        assertTrue(Integer.parseInt(counts.group("reorders")) <= reorders, ended::last);
        assertTrue(Long.parseLong(counts.group("heap")) <= (model.startsWith("mae") ? SORTING : 0), ended::last);
        assertTrue(Long.parseLong(counts.group("outside")) <= 0, ended::last);
        assertTrue(ended.out().contains("without a fast kernel: nothing"), () -> ended.out().toString());
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
