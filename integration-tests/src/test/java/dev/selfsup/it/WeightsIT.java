package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that leave and come back: export, publish, extract-backbone, and what takes a checkpoint. */
final class WeightsIT {
    private static final String CHECKPOINT = "run/epoch_1.json";
    private static final String RESNET = "model.backbone={type: ResNet, depth: 18, base_channels: 4, stem_channels: 4, out_indices: [4], norm_cfg: {type: BN}, _delete_: true}";
    private static final String VIT = "model.backbone={type: mmcls.VisionTransformer, arch: {embed_dims: 32, num_layers: 2, num_heads: 2, feedforward_channels: 64}, img_size: 16, "
            + "patch_size: 4, output_cls_token: false, _delete_: true}";
    private static final String SWIN = "model.backbone={type: mmcls.SwinTransformer, arch: {embed_dims: 4, depths: [2, 2, 1, 1], num_heads: [1, 2, 2, 4]}, img_size: 16, patch_size: 2, "
            + "window_size: 4, pad_small_map: true, _delete_: true}";
    private static final String BEIT = "model.backbone={type: mmcls.BEiT, arch: {embed_dims: 32, num_layers: 2, num_heads: 2, feedforward_channels: 64}, img_size: 16, "
            + "patch_size: 4, avg_token: false, use_shared_rel_pos_bias: SHARED, use_rel_pos_bias: OWN, _delete_: true}";

    @TempDir
    static Path folder;

    private static Selfsup selfsup;

    @BeforeAll
    static void aRunOfOneEpochOfAResNetAndOneOfAViT() throws IOException, InterruptedException {
        selfsup = new Selfsup(folder);
        done("train", "tiny.yaml", "--work-dir", "run", "--cfg-options", "train_cfg.max_epochs=1", RESNET);
        done("train", "tiny.yaml", "--work-dir", "vit", "--cfg-options", "train_cfg.max_epochs=1", VIT);
    }

    private static Selfsup.Ended done(String... line) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run(line);
        assertEquals(0, ended.status(), ended::toString);
        return ended;
    }

    /** The largest difference that an export prints, as a share of the largest feature. */
    private static double difference(Selfsup.Ended ended) {
        assertTrue(ended.last().matches("largest difference .*: \\S+, of features up to \\S+"), ended::toString);
        return Double.parseDouble(ended.last().replaceFirst(".*: (\\S+), of.*", "$1")) / Double.parseDouble(ended.last().replaceFirst(".* up to ", ""));
    }

    private static double accuracy(String option, String... line) throws IOException, InterruptedException {
        String[] all = Arrays.copyOf(line, line.length + 2);
        all[line.length] = "--cfg-options";
        all[line.length + 1] = option;
        return Double.parseDouble(done(all).last().replace("knn: ", ""));
    }

    @Test
    void networksAsOnnxComputeTheSameInOnnxRuntime() throws IOException, InterruptedException {
        Selfsup.Ended resnet = done("export", "tiny.yaml", CHECKPOINT, "--format", "onnx", "--size", "64", "--out", "resnet.onnx", "--cfg-options", RESNET);
        assertTrue(resnet.out().contains("wrote resnet.onnx: input images [batch, 3, 64, 64], outputs features.0"), resnet::toString);
        assertTrue(difference(resnet) < 1e-5, resnet::toString);
        Selfsup.Ended vit = done("export", "tiny.yaml", "vit/epoch_1.json", "--format", "onnx", "--size", "32", "--out", "vit.onnx", "--cfg-options", VIT);
        assertTrue(difference(vit) < 1e-5, vit::toString);
        assertTrue(Files.size(selfsup.path("vit.onnx")) > 60_000);
    }

    @Test
    void weightsUnderOtherNamesAreReadBackAsTheyWere() throws IOException, InterruptedException {
        double expected = accuracy(VIT, "knn", "tiny.yaml", "vit/epoch_1.json");
        for (String keys : List.of("openmmlab", "timm", "torchvision")) {
            String file = keys + ".pth";
            assertEquals(0, difference(done("export", "tiny.yaml", "vit/epoch_1.json", "--format", "pth", "--keys", keys, "--out", file, "--cfg-options", VIT)), keys);
            Selfsup.Ended measured = done("knn", "tiny.yaml", file, "--cfg-options", VIT);
            String library = keys.equals("openmmlab") ? "OpenMMLab" : keys;
            assertEquals("checkpoint " + file + " read as " + library + " ViT: 30 of 30 weights", measured.out().get(0));
            assertEquals("knn: " + String.format(Locale.ROOT, "%.3f", expected), measured.last());
        }
        Selfsup.Ended detectron = done("export", "tiny.yaml", CHECKPOINT, "--format", "pth", "--keys", "detectron2", "--out", "d2.pth", "--cfg-options", RESNET);
        assertTrue(difference(detectron) == 0 && detectron.out().get(0).contains("the first stem.conv1.weight"), detectron::toString);
    }

    /** Its windows are shifted, masked and padded; torchvision's flat index tables and Microsoft's order of merged patches are undone. */
    @Test
    void aSwinTransformerGoesToOthersAndComesBack() throws IOException, InterruptedException {
        done("train", "tiny.yaml", "--work-dir", "swin", "--cfg-options", "train_cfg.max_epochs=1", SWIN);
        assertTrue(difference(done("export", "tiny.yaml", "swin/epoch_1.json", "--format", "onnx", "--size", "56", "--out", "swin.onnx", "--cfg-options", SWIN)) < 1e-5);
        for (String keys : List.of("timm", "torchvision")) {
            assertEquals(0, difference(done("export", "tiny.yaml", "swin/epoch_1.json", "--keys", keys, "--out", "swin-" + keys + ".safetensors", "--cfg-options", SWIN)), keys);
        }
    }

    /** Embeddings of positions of a ViT, tables of relative positions of a Swin, one of all layers of a BEiT for one of each: what fine-tuning takes from pretraining. */
    @Test
    void aBackboneForOtherImagesOrWindowsBeginsWithWeightsInterpolated() throws IOException, InterruptedException {
        begins("images", VIT.replace("img_size: 16", "img_size: 24"), "vit/epoch_1.json");
        done("train", "tiny.yaml", "--work-dir", "windows", "--cfg-options", "train_cfg.max_epochs=1", SWIN);
        String smaller = SWIN.replace("window_size: 4", "window_size: 3");
        begins("smaller", smaller, "windows/epoch_1.json");
        Selfsup.Ended exported = done("export", "tiny.yaml", "windows/epoch_1.json", "--keys", "timm", "--out", "windows.safetensors", "--cfg-options", SWIN);
        assertEquals(0, difference(exported));
        assertTrue(done("knn", "tiny.yaml", "windows.safetensors", "--cfg-options", smaller).out().get(0).matches(".*read as timm Swin: (\\d+) of \\1 weights"));
        done("train", "tiny.yaml", "--work-dir", "shared", "--cfg-options", "train_cfg.max_epochs=1", BEIT.replace("SHARED", "true").replace("OWN", "false"));
        begins("each", BEIT.replace("SHARED", "false").replace("OWN", "true").replace("img_size: 16", "img_size: 24"), "shared/epoch_1.json", "custom_hooks=[]",
                "train_dataloader.dataset.pipeline.1.transforms.0.0.size=24");
    }

    private static void begins(String run, String backbone, String checkpoint, String... options) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("train", "tiny.yaml", "--work-dir", run, "--cfg-options", "train_cfg.max_epochs=1",
                backbone.replace("_delete_", "init_cfg: {type: Pretrained, checkpoint: " + checkpoint + ", prefix: backbone.}, _delete_")));
        line.addAll(List.of(options));
        Selfsup.Ended begun = done(line.toArray(String[]::new));
        assertTrue(begun.out().stream().anyMatch(text -> text.matches("init_cfg Pretrained: " + checkpoint + ".*: (\\d+) of \\1 weights")), begun::toString);
    }

    @Test
    void whatIsPublishedHasWeightsAloneAndItsChecksumInItsName() throws Exception {
        done("publish", CHECKPOINT, "--out", "published");
        Path file = selfsup.files("published", "epoch_1_\\d{8}-[0-9a-f]{8}\\.safetensors").get(0);
        byte[] bytes = Files.readAllBytes(file);
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)).substring(0, 8);
        assertTrue(file.toString().endsWith("-" + hash + ".safetensors"), file::toString);
        String header = new String(bytes, 0, 60_000, StandardCharsets.ISO_8859_1);
        assertTrue(header.contains("\"backbone.conv1.weight\"") && !header.contains("optimizer/") && !header.contains("hook/"), header);
        assertTrue(selfsup.run("publish", CHECKPOINT, "--out", "published").told(2, "exists already", "--force"));
        done("publish", CHECKPOINT, "--out", "published", "--force");
        assertEquals(1, selfsup.files("published", ".*").size());
    }

    @Test
    void aBackboneAloneBeginsANewRunOnlyIfTheRestMayBeMissing() throws IOException, InterruptedException {
        Selfsup.Ended extracted = done("extract-backbone", CHECKPOINT, "--out", "backbone.pth");
        assertEquals("wrote backbone.pth: 120 weights of run/epoch_1.json", extracted.last());
        String[] line = {"train", "tiny.yaml", "--work-dir", "again", "--cfg-options", "train_cfg.max_epochs=1", RESNET, "load_from=backbone.pth"};
        Selfsup.Ended refused = selfsup.run(line);
        assertTrue(refused.told(2, "backbone.pth read as torchvision ResNet", "not in the checkpoint (", "neck.bn0.bias", "--allow-missing"), refused::toString);
        String[] allowed = {"train", "tiny.yaml", "--work-dir", "allowed", "--allow-missing", "--cfg-options", "train_cfg.max_epochs=1", RESNET, "load_from=backbone.pth"};
        Selfsup.Ended begun = done(allowed);
        assertTrue(begun.out().stream().anyMatch(text -> text.contains("these begin anew") && text.contains("neck.bn0.bias")), begun::toString);
    }

    @Test
    void aModelBeginsWithPretrainedWeightsOfItsOwnOrOfItsBackbone() throws IOException, InterruptedException {
        Selfsup.Ended whole = done("train", "tiny.yaml", "--work-dir", "whole", "--cfg-options", "train_cfg.max_epochs=1", RESNET, "model.pretrained=" + CHECKPOINT);
        assertTrue(whole.out().stream().anyMatch(text -> text.contains("init_cfg Pretrained: " + CHECKPOINT) && text.matches(".*: (\\d+) of \\1 weights")), whole::toString);
        Selfsup.Ended longer = selfsup.run("train", "tiny.yaml", "--work-dir", "longer", "--cfg-options", "train_cfg.max_epochs=1",
                RESNET.replace("depth: 18", "depth: 34").replace("_delete_", "init_cfg: {type: Pretrained, checkpoint: " + CHECKPOINT + ", prefix: backbone.}, _delete_"));
        assertTrue(longer.told(2, "init_cfg Pretrained: " + CHECKPOINT, "100 of 180 weights", "not in the checkpoint", "backbone.layer1.2.bn1.bias", "--allow-missing"), longer::toString);
    }

    @Test
    void foreignFilesAreNoRunsToResume() throws IOException, InterruptedException {
        done("extract-backbone", CHECKPOINT, "--out", "other.pth");
        assertTrue(selfsup.run("train", "tiny.yaml", "--work-dir", "resumed", "--resume", "other.pth").told(2, "other.pth was not saved by a training run", "load_from"));
    }

    @Test
    void aHostileFileIsRefusedInOneLine() throws IOException, InterruptedException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(selfsup.path("evil.pth")))) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write("\u0080\u0002cos\nsystem\nX\u0009\u0000\u0000\u0000touch own\u0085R.".getBytes(StandardCharsets.ISO_8859_1));
        }
        for (String[] line : List.of(new String[] {"knn", "tiny.yaml", "evil.pth"}, new String[] {"extract-backbone", "evil.pth", "--out", "x.pth"},
                new String[] {"publish", "evil.pth", "--out", "x"}, new String[] {"export", "tiny.yaml", "evil.pth", "--out", "x.onnx", "--format", "onnx"})) {
            Selfsup.Ended ended = selfsup.run(line);
            assertTrue(ended.told(2, "evil.pth: is refused: its pickle names os.system") && ended.err().size() == 1, ended::toString);
        }
        assertFalse(Files.exists(selfsup.path("own")) || Files.exists(selfsup.path("x.pth")) || Files.exists(selfsup.path("x.onnx")));
    }

    @Test
    void mistakesOfAnExportAreToldBeforeItIsMade() throws IOException, InterruptedException {
        Files.writeString(selfsup.path("mine.pth"), "mine");
        assertTrue(selfsup.run("export", "tiny.yaml", CHECKPOINT, "--out", "mine.pth", "--format", "pth").told(2, "mine.pth exists already", "--force"));
        assertEquals("mine", Files.readString(selfsup.path("mine.pth")));
        assertTrue(selfsup.run("export", "tiny.yaml", CHECKPOINT, "--out", "y", "--keys", "detectron2").told(2, "Detectron2 loads no safetensors file: say --format pth"));
        assertTrue(selfsup.run("export", "tiny.yaml", "vit/epoch_1.json", "--out", "y.pth", "--format", "pth", "--keys", "detectron2", "--cfg-options", VIT)
                .told(2, "detectron2 has no names for this backbone"));
        assertTrue(selfsup.run("export", "tiny.yaml", CHECKPOINT, "--out", "y", "--image", "mine.pth", "--cfg-options", RESNET)
                .told(2, "--image mine.pth cannot be used: "));
        assertTrue(selfsup.run("export", "tiny.yaml", CHECKPOINT, "--out", "y", "--format", "tflite").told(2, "--format", "tflite"));
        assertTrue(selfsup.run("extract-backbone", CHECKPOINT, "--out", "y.txt").told(2, "y.txt", ".safetensors or .pth"));
    }
}
