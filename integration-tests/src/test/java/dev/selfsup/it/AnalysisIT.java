package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at networks and runs, on a model trained for two epochs: what they print and write, and what they refuse. */
final class AnalysisIT {
    private static final List<String> TILES = List.of("astronaut", "brick", "coffee", "retina");
    private static final List<String> VOC = List.of("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog", "horse", "motorbike",
            "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor");
    private static final String PIPELINE = "[{type: LoadImageFromFile}, {type: Resize, scale: [16, 16], backend: pillow}, {type: mmcls.PackClsInputs}]";

    @TempDir
    static Path folder;

    private static Selfsup selfsup;

    @BeforeAll
    static void train() throws IOException, InterruptedException {
        selfsup = new Selfsup(folder);
        run("train", "tiny.yaml", "--work-dir", "run", "--cfg-options", "train_cfg.max_epochs=2");
        Files.writeString(selfsup.path("kept.png"), "mine");
    }

    private static List<String> run(String... line) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run(line);
        assertEquals(0, ended.status(), ended::toString);
        return ended.out();
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    private static void told(String line, String... words) throws IOException, InterruptedException {
        Selfsup.Ended ended = selfsup.run(line.split(" "));
        assertTrue(ended.told(2, words), ended::toString);
    }

    /** A picture that is there, of a size, and shows something. */
    private static void drawn(String png, int width, int height) throws IOException {
        BufferedImage image = ImageIO.read(selfsup.path(png).toFile());
        assertEquals(width, image.getWidth());
        assertEquals(height, image.getHeight());
        Set<Integer> colors = new HashSet<>();
        for (int i = 0; i < width * height; i++) {
            colors.add(image.getRGB(i % width, i / width));
        }
        assertTrue(colors.size() > 20, () -> png + " is blank: " + colors.size() + " colours");
    }

    @Test
    void neighboursAreCountedForEveryNumberAndTemperature() throws Exception {
        List<String> one = run("knn", "tiny.yaml", "run/epoch_2.json", "--k", "5");
        String logged = selfsup.log("run").stream().filter(line -> line.contains("\"knn\":")).reduce((a, b) -> b).orElseThrow().replaceFirst(".*\"knn\":([0-9.]+).*", "$1");
        assertEquals(Double.parseDouble(logged), Double.parseDouble(last(one).replace("knn: ", "")), 5e-4, "as in training");
        String before = selfsup.log("run").get(0).replaceFirst(".*\"knn_untrained\":([0-9.]+).*", "$1");
        assertEquals(Double.parseDouble(before), Double.parseDouble(last(run("knn", "tiny.yaml", "--untrained", "--k", "5")).replace("knn: ", "")), 5e-4, "as before training");
        told("knn tiny.yaml", "a checkpoint must be named, or --untrained");
        List<String> all = run("knn", "tiny.yaml", "run/epoch_2.json", "--k", "1,5,20", "--temperature", "0.07,1.0");
        assertEquals(6, all.stream().filter(line -> line.matches(" +\\d+ +[0-9.]+ +[0-9.]+ +[0-9.]+")).count(), all::toString);
        assertTrue(all.stream().anyMatch(line -> line.matches(" +5 +0\\.07 .*" + String.format(java.util.Locale.ROOT, "%.3f", 100 * Double.parseDouble(logged)) + " .*")), all::toString);
        assertTrue(last(all).startsWith("knn: best "));
        Files.writeString(selfsup.path("images.yaml"), "default_scope: mmselfsup\npool_cfg: {type: AvgPool2d}\n" + dataset("train", "train") + dataset("val", "val"));
        assertEquals(one, run("knn", "tiny.yaml", "run/epoch_2.json", "--k", "5", "--dataset-config", "images.yaml"));
        told("knn tiny.yaml none.json --k 1000000000", "kNN with k=1000000000 needs at least as many bank images: there are 24");
        told("knn tiny.yaml run/epoch_2.json --k 0", "--k must be at least 1");
    }

    private static String dataset(String part, String prefix) {
        return part + "_dataloader: {batch_size: 8, dataset: {type: mmcls.CustomDataset, data_root: data, data_prefix: " + prefix + ", pipeline: " + PIPELINE + "}}\n";
    }

    @Test
    void aPreprocessorAtTopLevelIsTheModels() throws Exception {
        String tiny = Files.readString(selfsup.path("tiny.yaml"));
        String line = tiny.lines().filter(l -> l.contains("data_preprocessor")).findFirst().orElseThrow();
        Files.writeString(selfsup.path("top.yaml"), tiny.replace(line + "\n", "") + "\n" + line.strip() + "\n");
        assertEquals(run("knn", "tiny.yaml", "run/epoch_2.json"), run("knn", "top.yaml", "run/epoch_2.json"));
    }

    @Test
    void featuresOfAnyLayerAreWritten() throws Exception {
        assertEquals("wrote last.npz: feat [12, 32], index [12], labels [12]", last(run("extract", "tiny.yaml", "run/epoch_2.json", "--out", "last.npz")));
        assertEquals("wrote stages.npz: feat1 [24, 4], feat4 [24, 32], index [24], labels [24]", last(run("extract", "tiny.yaml", "run/epoch_2.json", "--layers", "0,3",
                "--dataset", "custom_hooks.0.bank", "--out", "stages.npz")));
        Files.createDirectories(selfsup.path("some/brick"));
        Files.copy(selfsup.files("data/val/brick", ".*\\.jpg").get(0), selfsup.path("some/brick/1.jpg"));
        Files.writeString(selfsup.path("some/brick/broken.jpg"), "no image");
        Files.writeString(selfsup.path("some.yaml"), "default_scope: mmselfsup\n" + dataset("val", "../some"));
        assertEquals("wrote module.npz: backbone.layer2.1 [1, 8], index [1], labels [1]", last(run("extract", "tiny.yaml", "run/epoch_2.json", "--layers", "backbone.layer2.1",
                "--dataset-config", "some.yaml", "--out", "module.npz")));
        assertFalse(Files.exists(selfsup.path("bad_files.txt")), "only runs leave a list behind");
        try (ZipFile zip = new ZipFile(selfsup.path("last.npz").toFile())) {
            assertEquals(128 + 12 * 32 * 4, zip.getEntry("feat.npy").getSize(), "header and numbers");
            byte[] labels = zip.getInputStream(zip.getEntry("labels.npy")).readAllBytes();
            assertEquals(3, labels[labels.length - 8], "the last image is of the last class");
        }
        told("extract tiny.yaml run/epoch_2.json --out last.npz", "last.npz exists already", "--force");
        told("extract tiny.yaml run/epoch_2.json --out new.npz --layers backbone.layer9", "no module 'backbone.layer9'", "backbone.layer4");
        told("extract tiny.yaml run/epoch_2.json --out new.npz --dataset-config some.yaml --dataset nothing", "some.yaml has no nothing");
        told("extract tiny.yaml run/epoch_2.json --out new.npz --layers 1,backbone.layer1", "not both");
        assertFalse(Files.exists(selfsup.path("new.npz")));
    }

    @Test
    void pointsAreDrawnAndListed() throws Exception {
        run("tsne", "tiny.yaml", "run/epoch_2.json", "--out", "map", "--perplexity", "4", "--n-iter", "300");
        drawn("map/tsne_feat.png", 1000, 800);
        List<String> rows = Files.readAllLines(selfsup.path("map/tsne_feat.csv"));
        assertEquals("path,label,class,x,y", rows.get(0));
        assertEquals(13, rows.size());
        assertTrue(rows.get(12).matches("data/val/retina/.*\\.jpg,3,retina,-?[0-9.e-]+,-?[0-9.e-]+"), rows.get(12));
        run("tsne", "tiny.yaml", "run/epoch_2.json", "--out", "fewer", "--perplexity", "2", "--n-iter", "250", "--max-num-class", "2");
        assertEquals(7, Files.readAllLines(selfsup.path("fewer/tsne_feat.csv")).size());
        told("tsne tiny.yaml run/epoch_2.json --out map2", "--perplexity must be below the number of images, 12");
        told("tsne tiny.yaml none.json --out map --perplexity 4", "tsne_feat.png exists already", "--force");
        told("tsne tiny.yaml run/epoch_2.json --out kept.png", "kept.png is a file");
    }

    @Test
    void logsOfSeveralRunsAreDrawnAndTimed() throws Exception {
        assertEquals("wrote log.png: loss, lr, knn of 1 run", last(run("plot-log", "run", "--keys", "loss,lr,knn", "--out", "log.png")));
        drawn("log.png", 1000, 1800);
        run("plot-log", "run", "run/log.jsonl", "--legend", "one,again", "--keys", "loss", "--out", "two.png");
        drawn("two.png", 1000, 600);
        List<String> times = run("train-time", "run");
        assertEquals("run", times.get(0));
        assertTrue(times.get(1).matches("slowest epoch [12]: [0-9.]+ s an iteration"), times::toString);
        assertTrue(last(times).matches("mean: [0-9.]+ s an iteration"), times::toString);
        told("plot-log run --keys losss --out new.png", "run has no figure 'losss'", "loss, lr");
        told("plot-log none --out new.png", "none does not exist");
        told("plot-log run --out kept.png", "kept.png exists already");
        told("plot-log tiny.yaml --out new.png", "tiny.yaml:1: is no JSON object");
        told("train-time tiny.yaml", "tiny.yaml:1: is no JSON object");
        assertEquals("mine", Files.readString(selfsup.path("kept.png")));
    }

    @Test
    void classesOfImagesWithSeveralAreToldApartByPlanes() throws Exception {
        several("voc", TILES, 48, 24);
        Files.writeString(selfsup.path("several.yaml"), "default_scope: mmselfsup\n" + voc("train", "trainval") + voc("test", "test"));
        List<String> lines = run("svm", "tiny.yaml", "run/epoch_2.json", "--dataset-config", "several.yaml", "--layers", "0,3", "--low-shot", "1,4", "--samples", "2", "--out", "svm");
        assertEquals(2, lines.stream().filter(line -> line.matches("svm: feat[14] mAP [0-9.]+, 4 classes, 48 training and 24 test images")).count(), lines::toString);
        List<String> table = Files.readAllLines(selfsup.path("svm/svm_feat1.csv"));
        assertEquals("class,cost,cross_validated_ap,ap", table.get(0));
        assertEquals(List.of("astronaut", "brick", "coffee", "retina", "mean"), table.subList(1, 6).stream().map(row -> row.replaceFirst(",.*", "")).toList());
        double mean = Double.parseDouble(table.get(5).replaceFirst(".*,", ""));
        assertTrue(mean > 0.65, () -> "half of the images have a class: chance is about 0.5, not " + mean);
        assertEquals(3, Files.readAllLines(selfsup.path("svm/svm_low_shot_feat4.csv")).size());
        told("svm tiny.yaml run/epoch_2.json --cfg-options custom_hooks=[]", "has no KnnHook", "or give --dataset-config");
        told("svm tiny.yaml none.json --dataset-config several.yaml --layers 0,3 --out svm", "svm_feat1.csv exists already");
        Files.delete(selfsup.path("svm/svm_feat1.csv"));
        told("svm tiny.yaml none.json --dataset-config several.yaml --layers 0,3 --out svm --low-shot 1", "svm_low_shot_feat1.csv exists already");
        told("svm tiny.yaml run/epoch_2.json --dataset-config tiny.yaml", "needs train_dataloader.dataset and test_dataloader.dataset");
    }

    @Test
    void imagesWithOneClassEachAreProbedToo() throws Exception {
        List<String> lines = run("svm", "tiny.yaml", "run/epoch_2.json");
        assertTrue(last(lines).matches("svm: feat mAP [0-9.]+, 4 classes, 24 training and 12 test images"), lines::toString);
        String probe = lines.get(lines.size() - 2);
        assertTrue(probe.matches("linear probe: feat accuracy [0-9.]+  \\(cost [0-9.e+-]+\\)"), probe);
        assertTrue(Double.parseDouble(probe.replaceFirst(".*accuracy ([0-9.]+) .*", "$1")) > 40, "four classes: chance is 25 %, not " + probe);
    }

    /** A list of photographs of VOC, as the reference's config names it, is labelled by VOC's annotations. */
    @Test
    void theReferencesListOfPhotographsIsThatOfVoc() throws Exception {
        several("VOC2007", VOC, 80, 40);
        Files.writeString(selfsup.path("list.yaml"), """
                default_scope: mmselfsup
                extract_dataloader:
                  extract_dataset:
                    type: ImageList
                    ann_file: Lists/trainvaltest.txt
                    data_root: VOC2007
                    data_prefix: JPEGImages/
                    pipeline: [{type: LoadImageFromFile}, {type: Resize, scale: [16, 16], backend: pillow}, {type: PackSelfSupInputs, meta_keys: [img_path]}]
                """);
        assertTrue(last(run("svm", "tiny.yaml", "run/epoch_2.json", "--dataset-config", "list.yaml")).matches("svm: feat mAP [0-9.]+, 20 classes, 80 training and 40 test images"));
    }

    private static String voc(String part, String set) {
        return part + "_dataloader: {batch_size: 8, dataset: {type: mmcls.VOC, data_root: voc, image_set_path: ImageSets/Main/" + set + ".txt, classes: [" + String.join(", ", TILES)
                + "], pipeline: " + PIPELINE + "}}\n";
    }

    /** A folder as VOC's: pairs of tiles side by side, each with the classes of both; of many classes, names are dealt out. */
    private static void several(String root, List<String> classes, int train, int test) throws IOException {
        for (String part : List.of("JPEGImages", "Annotations", "ImageSets/Main")) {
            Files.createDirectories(selfsup.path(root).resolve(part));
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < train + test; i++) {
            int first = i % 4;
            int second = (i / 4 + i) % 4;
            String split = i < train ? "train" : "val";
            names.add("%06d".formatted(i));
            BufferedImage both = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
            Graphics2D g = both.createGraphics();
            g.drawImage(tile(split, TILES.get(first), i), 0, 0, 32, 32, null);
            g.drawImage(tile(split, TILES.get(second), i / 2), 32, 0, 32, 32, null);
            g.dispose();
            ImageIO.write(both, "jpg", selfsup.path(root).resolve("JPEGImages/" + names.get(i) + ".jpg").toFile());
            List<String> there = classes.size() == 4 ? List.of(TILES.get(first), TILES.get(second)) : List.of(classes.get(i % 20), classes.get((i + 7) % 20));
            StringBuilder xml = new StringBuilder("<annotation>");
            there.forEach(name -> xml.append("<object><name>").append(name).append("</name><difficult>0</difficult></object>"));
            Files.writeString(selfsup.path(root).resolve("Annotations/" + names.get(i) + ".xml"), xml + "</annotation>");
        }
        Files.write(selfsup.path(root).resolve("ImageSets/Main/trainval.txt"), names.subList(0, train));
        Files.write(selfsup.path(root).resolve("ImageSets/Main/test.txt"), names.subList(train, train + test));
    }

    private static BufferedImage tile(String split, String name, int number) throws IOException {
        List<Path> files = selfsup.files("data/" + split + "/" + name, ".*\\.jpg");
        return ImageIO.read(files.get(number % files.size()).toFile());
    }

    @Test
    void decisionsForShapeAndTextureAreListedAndDrawn() throws Exception {
        Files.writeString(selfsup.path("classes.yaml"), """
                _base_: tiny.yaml
                model:
                  _delete_: true
                  type: mmcls.ImageClassifier
                  data_preprocessor: {num_classes: 1000, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375], to_rgb: true}
                  backbone: {type: mmcls.ResNet_CIFAR, depth: 18, stem_channels: 4, base_channels: 4, out_indices: [3]}
                  neck: {type: mmcls.GlobalAveragePooling}
                  head: {type: mmcls.LinearClsHead, num_classes: 1000, in_channels: 32, loss: {type: mmcls.CrossEntropyLoss}}
                custom_hooks: []
                test_cfg: {}
                test_evaluator: {type: mmcls.Accuracy}
                """ + dataset("test", "val") + "train_dataloader: {dataset: {pipeline: " + PIPELINE + "}}\n");
        run("train", "classes.yaml", "--work-dir", "classes", "--cfg-options", "train_cfg.max_epochs=1");
        String[] cues = {"airplane/airplane1-bird2.jpg", "airplane/airplane2-dog1.jpg", "bird/bird1-airplane3.jpg", "dog/dog1-dog2.jpg"};
        for (int i = 0; i < cues.length; i++) {
            Path image = selfsup.path("cue").resolve(cues[i]);
            Files.createDirectories(image.getParent());
            Files.copy(selfsup.files("data/val/" + TILES.get(i), ".*\\.jpg").get(0), image);
        }
        Files.writeString(selfsup.path("people.csv"), """
                subj,session,trial,rt,object_response,category,condition,imagename
                subject-01,1,1,0.5,airplane,airplane,0,0001_cue_airplane1-bird2.png
                subject-01,1,2,0.5,dog,airplane,0,0002_cue_airplane2-dog1.png
                subject-02,1,1,0.5,bird,bird,0,0003_cue_bird1-airplane3.png
                subject-02,1,2,0.5,dog,dog,0,0004_cue_dog1-dog2.png
                """);
        List<String> lines = run("shape-bias", "classes.yaml", "classes/epoch_1.json", "--data", "cue", "--out", "bias", "--compare", "people.csv");
        assertTrue(lines.contains("humans: shape bias 0.667 (2 of 4 images by shape, 1 by texture)"), lines::toString);
        List<String> rows = Files.readAllLines(selfsup.path("bias/cue-conflict_classes_session-1.csv"));
        assertEquals("subj,session,trial,rt,object_response,category,condition,imagename", rows.get(0));
        assertEquals(5, rows.size());
        assertTrue(rows.get(1).matches("classes,1,1,NaN,[a-z]+,airplane,NaN,airplane1-bird2\\.jpg"), rows.get(1));
        drawn("bias/shape_bias.png", 1000, 96 + 72 + 3 * 38);
        told("shape-bias classes.yaml classes/epoch_1.json --data cue --out bias", "exists already");
        told("shape-bias classes.yaml classes/epoch_1.json --data none --out other", "there is no folder none");
        told("shape-bias classes.yaml classes/epoch_1.json --data cue --out other --compare tiny.yaml", "tiny.yaml:1: must name the columns");
        told("shape-bias tiny.yaml run/epoch_2.json --data cue --out other", "test_dataloader.dataset.pipeline");
    }

    @Test
    void parametersAreCountedByChild() throws Exception {
        Files.copy(selfsup.path("tiny.yaml"), selfsup.path("tiny,too.yaml"));
        List<String> lines = run("count-params", "tiny.yaml", "tiny,too.yaml", "--csv", "counts.csv");
        List<String> rows = Files.readAllLines(selfsup.path("counts.csv"));
        assertEquals("config,child,params,trainable,buffers,multiply_adds", rows.get(0));
        assertTrue(rows.stream().anyMatch(row -> row.startsWith("tiny.yaml,total,")), rows::toString);
        assertTrue(rows.stream().anyMatch(row -> row.startsWith("\"tiny,too.yaml\",total,")), rows::toString);
        assertTrue(last(lines).isEmpty() || last(lines).equals("wrote counts.csv"), lines::toString);
        told("count-params tiny.yaml --csv counts.csv", "counts.csv exists already");
        told("count-params none.yaml", "none.yaml does not exist");
    }
}
