package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets by a frozen network in an ONNX file, as a user meets them: what is wrong with the file, what computes it, and the folder that keeps them. */
final class TargetsIT {
    private static final Path QUICKSTARTS = Path.of(System.getProperty("selfsup.root"), "configs/quickstart");
    private static final String CLIP = QUICKSTARTS.resolve("targets/clip_visual_tiny.onnx").toString();

    @TempDir
    Path folder;
    private Selfsup selfsup;

    @BeforeEach
    void prepare() throws IOException {
        selfsup = new Selfsup(folder);
    }

    /** MILAN's quickstart, short, on the tiny data set. */
    private static String[] line(String command, String... options) {
        List<String> line = new ArrayList<>(List.of(command, QUICKSTARTS.resolve("milan_photos.yaml").toString(), "--cfg-options", "train_dataloader.dataset.data_root=data",
                "train_dataloader.batch_size=8", "train_cfg.max_epochs=2", "custom_hooks=[]", "default_hooks.logger.interval=1"));
        line.addAll(List.of(options));
        return line.toArray(String[]::new);
    }

    private static String network(String file) {
        return "model.target_generator.tokenizer_path=" + file;
    }

    @Test
    void aRunSaysOnceWhatComputesItsTargets() throws Exception {
        Selfsup.Ended ended = selfsup.run(line("train", network(CLIP)));
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(List.of("targets come from " + CLIP + ", computed ahead by ONNX Runtime on the CPU"), ended.out().stream().filter(l -> l.startsWith("targets ")).toList());
    }

    @Test
    void whatIsWrongWithTheFileIsToldBeforeAnythingIsTrained() throws Exception {
        Files.writeString(folder.resolve("text.onnx"), "no network");
        String chapter = "docs/targets.md#clip tells where the image tower of CLIP comes from";
        assertTold(selfsup.run(line("train", network("none.onnx"))), "target_generator: there is no file none.onnx; " + chapter);
        assertTold(selfsup.run(line("train", network("https://example.org/clip.pth"))), "'https://example.org/clip.pth' is not the path of an .onnx file", chapter);
        assertTold(selfsup.run(line("train", network("text.onnx"))), "text.onnx cannot be opened by ONNX Runtime", chapter);
        assertTold(selfsup.run(line("train", network(QUICKSTARTS.resolve("targets/dalle_tiny.onnx").toString()))), "it has no output 'features', its outputs are [logits]", chapter);
        assertTold(selfsup.run(line("train", network(CLIP), "model.data_preprocessor.std=[1, 1, 1]")), "it wants pixels normalised by mean [123.675, 116.28, 103.53]", chapter);
        assertTold(selfsup.run(line("train", network(CLIP), "train_dataloader.dataset.pipeline.1.size=32")), "it takes images of [3, 64, 64] (channels, height, width), the pipeline gives"
                + " [3, 32, 32]", chapter);
    }

    private static void assertTold(Selfsup.Ended ended, String... words) {
        assertTrue(ended.told(2, words), ended::toString);
        assertEquals(1, ended.err().size(), ended::toString);
    }

    @Test
    void doctorOpensTheNetworkOfAConfig() throws Exception {
        Selfsup.Ended good = selfsup.run(line("doctor", network(CLIP)));
        assertEquals(0, good.status(), good::toString);
        assertTrue(good.out().contains("ok    targets     targets come from " + CLIP + ", computed ahead by ONNX Runtime on the CPU"), good::toString);
        assertTrue(good.out().stream().anyMatch(l -> l.matches("ok    memory      a step of 8 images needs about \\d+ MiB .*")), good::toString);
        Selfsup.Ended bad = selfsup.run(line("doctor", network("none.onnx")));
        assertEquals(1, bad.status(), bad::toString);
        assertTrue(bad.out().stream().anyMatch(l -> l.startsWith("fail  targets     target_generator: there is no file none.onnx")), bad::toString);
    }

    @Test
    void keptTargetsGiveTheSameRun() throws Exception {
        String[] still = {network(CLIP), "train_dataloader.dataset.pipeline=[{type: LoadImageFromFile}, {type: Resize, scale: [64, 64], backend: pillow}, {type: PackSelfSupInputs}]",
                "default_hooks.checkpoint={type: CheckpointHook, interval: 1, _delete_: true}"};
        List<Path> weights = new ArrayList<>();
        for (String work : List.of("computed", "kept", "read")) {
            List<String> line = new ArrayList<>(List.of(line("train", still)));
            if (!work.equals("computed")) {
                line.add("model.target_generator.cache=cache");
            }
            line.addAll(2, List.of("--work-dir", work));
            Selfsup.Ended ended = selfsup.run(line.toArray(String[]::new));
            assertEquals(0, ended.status(), ended::toString);
            weights.add(selfsup.tensors(work, "epoch_2"));
        }
        try (Stream<Path> kept = Files.walk(folder.resolve("cache"))) {
            assertEquals(24, kept.filter(Files::isRegularFile).count(), "one file an image");
        }
        assertEquals(-1, Files.mismatch(weights.get(0), weights.get(1)));
        assertEquals(-1, Files.mismatch(weights.get(0), weights.get(2)));
    }
}
