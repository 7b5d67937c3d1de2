package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linear evaluation of a backbone that a quickstart has pretrained, on the shipped tiles: validation, the best checkpoint, {@code test}. */
final class LinearIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final String CONFIG = "configs/quickstart/linear_photos.yaml";
    private static final String LAST = "epoch_4";
    private static final int CLASSES = 10;

    @TempDir
    static Path folder;
    private static Selfsup selfsup;

    @BeforeAll
    static void pretrain() throws IOException, InterruptedException {
        selfsup = new Selfsup(folder);
        Files.createDirectories(folder.resolve("configs"));
        Files.createSymbolicLink(folder.resolve("configs/quickstart"), ROOT.resolve("configs/quickstart"));
        Selfsup.Ended ended = selfsup.run("train", "configs/quickstart/simclr_photos.yaml", "--work-dir", "pretrained", "--cfg-options", "train_cfg.max_epochs=3",
                "custom_hooks=[]", "param_scheduler=[]");
        assertEquals(0, ended.status(), ended::toString);
    }

    @Test
    void aPretrainedBackboneIsBetterThanChanceAndThanAnUntrainedOne() throws Exception {
        double pretrained = last(run("pretrained-linear"));
        double untrained = last(run("untrained-linear", "model.backbone.init_cfg=[]"));
        System.out.printf("linear evaluation: pretrained %.1f %%, untrained %.1f %%%n", pretrained, untrained);
        assertTrue(pretrained > 3 * 100.0 / CLASSES, () -> "chance is 10 %, not " + pretrained);
        assertTrue(pretrained > untrained, () -> pretrained + " against " + untrained);
    }

    @Test
    void theBestCheckpointIsKeptAndATestGivesTheNumbersOfValidation() throws Exception {
        run("best");
        List<Double> accuracies = accuracies("best");
        int best = accuracies.indexOf(accuracies.stream().max(Comparator.naturalOrder()).orElseThrow());
        assertEquals(List.of("best_accuracy_top1_epoch_" + (best + 1) + ".json"), selfsup.files("best", "best_.*\\.json").stream().map(f -> f.getFileName().toString()).toList());
        assertEquals(accuracies.get(best), tested("best/best_accuracy_top1_epoch_" + (best + 1) + ".json"), 1e-3);
        assertEquals(accuracies.get(accuracies.size() - 1), tested("best/" + LAST + ".json"), 1e-3);
    }

    @Test
    void averagedWeightsAreTested() throws Exception {
        run("averaged", "custom_hooks=[{type: EMAHook, momentum: 0.01}]");
        List<Double> accuracies = accuracies("averaged");
        Selfsup.Ended ended = selfsup.run("test", CONFIG, "averaged/" + LAST + ".json");
        assertEquals("weights averaged by EMAHook", ended.out().get(0), ended::toString);
        assertEquals(accuracies.get(accuracies.size() - 1), number(ended.last()), 1e-3);
    }

    @Test
    void aRunOfMixedImagesGoesOnExactly() throws Exception {
        String[] mixed = {"model.train_cfg={augments: [{type: mmcls.Mixup, alpha: 0.8}, {type: mmcls.CutMix, alpha: 1.0}]}",
            "model.head.loss={type: mmcls.LabelSmoothLoss, label_smooth_val: 0.1}", "default_hooks.checkpoint={interval: 17, by_epoch: false}"};
        String iterations = "iter_44";
        run("whole", mixed);
        String[] line = line("resumed", mixed);
        line = Arrays.copyOf(line, line.length + 2);
        System.arraycopy(line, 4, line, 6, line.length - 6);
        line[4] = "--resume";
        line[5] = "whole/iter_17.json";
        Selfsup.Ended ended = selfsup.run(line);
        assertEquals(0, ended.status(), ended::toString);
        assertEquals(-1, Files.mismatch(selfsup.tensors("whole", iterations), selfsup.tensors("resumed", iterations)), "weights, buffers, optimizer");
        assertEquals(accuracies("whole").subList(1, 4), accuracies("resumed"));
    }

    @Test
    void whatIsMissingForATestIsSaid() throws Exception {
        assertTrue(selfsup.run("test", "configs/quickstart/simclr_photos.yaml", "pretrained/epoch_3.json").told(2, "test_dataloader: missing key", "test_evaluator: missing key"));
        assertTrue(selfsup.run("test", CONFIG, "pretrained/epoch_3.json").told(2, "is of another model than the config makes", "head.fc.weight"));
        assertTrue(selfsup.run("train", CONFIG, "--work-dir", "none", "--cfg-options", "val_evaluator=[]").told(2, "val_evaluator and val_dataloader must be given together"));
        assertTrue(selfsup.run("train", "configs/quickstart/simclr_photos.yaml", "--work-dir", "none", "--cfg-options",
                "val_evaluator={type: mmcls.Accuracy}", "val_dataloader={batch_size: 8, dataset: {type: mmcls.CustomDataset, data_root: data, data_prefix: val, pipeline: "
                + "[{type: LoadImageFromFile}, {type: Resize, scale: [32, 32]}, {type: mmcls.PackClsInputs}]}}").told(2, "model.type must be one that classifies"));
    }

    private static Selfsup.Ended run(String run, String... options) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run(line(run, options));
        assertEquals(0, ended.status(), ended::toString);
        return ended;
    }

    private static String[] line(String run, String... options) {
        List<String> line = new ArrayList<>(List.of("train", CONFIG, "--work-dir", run, "--cfg-options", "train_cfg.max_epochs=4", "param_scheduler.0.T_max=4",
                "param_scheduler.0.end=4", "model.backbone.init_cfg.checkpoint=pretrained/epoch_3.json"));
        line.addAll(List.of(options));
        return line.toArray(String[]::new);
    }

    private static double tested(String checkpoint) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run("test", CONFIG, checkpoint);
        assertEquals(0, ended.status(), ended::toString);
        return number(ended.last());
    }

    /** The accuracy in a line like {@code epoch 4: accuracy/top1 87.500, accuracy/top5 99.125}. */
    private static double number(String line) {
        return Double.parseDouble(line.replaceFirst(".*accuracy/top1 ([0-9.]+),.*", "$1"));
    }

    private static double last(Selfsup.Ended ended) {
        return number(ended.out().stream().filter(line -> line.contains("accuracy/top1")).reduce((a, b) -> b).orElseThrow());
    }

    /** Accuracies of the validations of a run, from its log. */
    private static List<Double> accuracies(String run) {
        return selfsup.log(run).stream().filter(line -> line.startsWith("{\"mode\":\"val\"") && line.contains("accuracy/top1"))
                .map(line -> Double.parseDouble(line.replaceFirst(".*\"accuracy/top1\":([0-9.]+).*", "$1"))).toList();
    }
}
