package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code browse-dataset} and {@code convert-dataset} on a few photographs. */
final class BrowseDatasetIT {
    /** As {@code BrowseDatasetCommand} and {@code ContactSheet} have it. */
    private static final int OUTLINE = 0xffd1570b;
    private static final int LEFT = 14;
    private static final int TOP = 40;

    @TempDir
    static Path folder;

    private static Selfsup selfsup;

    @BeforeAll
    static void images() throws IOException {
        selfsup = new Selfsup(folder);
    }

    @Test
    void aSheetShowsTheViewsOfEachImage() throws Exception {
        BufferedImage sheet = sheet("views", "tiny.yaml", "--count", "3", "--in-order");
        assertEquals(1280, sheet.getWidth());
        assertTrue(colours(sheet, LEFT, TOP, 128) > 40, "a photograph has many colours");
        assertTrue(colours(sheet, LEFT + 131, TOP, 128) > 40, "so has its second view");
        assertTrue(colours(sheet, LEFT, TOP + 130, 30) > 3, "the name of the file and its class are written below");
    }

    @Test
    void theSameSeedShowsTheSameImages() throws Exception {
        sheet("first", "tiny.yaml", "--count", "4", "--seed", "5");
        sheet("again", "tiny.yaml", "--count", "4", "--seed", "5");
        sheet("other", "tiny.yaml", "--count", "4", "--seed", "6");
        assertEquals(-1, Files.mismatch(selfsup.path("first/contact_sheet.png"), selfsup.path("again/contact_sheet.png")));
        assertTrue(Files.mismatch(selfsup.path("first/contact_sheet.png"), selfsup.path("other/contact_sheet.png")) >= 0);
    }

    @Test
    void masksAndBoxesOfPatchesAreDrawn() throws Exception {
        BufferedImage patches = sheet("patches", "tiny.yaml", "--count", "1", "--cfg-options", "train_dataloader.dataset.pipeline=[{type: LoadImageFromFile}, "
                + "{type: mmcv.Resize, scale: [96, 96]}, {type: RandomPatchWithLabels, patch_jitter: 8}, {type: PackSelfSupInputs, pseudo_label_keys: [patch_box, patch_label]}]");
        assertTrue(count(patches, OUTLINE) > 9 * 4 * 20, "nine boxes of 24 pixels: " + count(patches, OUTLINE));
        BufferedImage masked = sheet("masked", "tiny.yaml", "--count", "1", "--in-order", "--cfg-options", "train_dataloader.dataset.pipeline=[{type: LoadImageFromFile}, "
                + "{type: mmcv.Resize, scale: [128, 128]}, {type: BEiTMaskGenerator, input_size: 8, num_masking_patches: 32, min_num_patches: 4}, "
                + "{type: PackSelfSupInputs, algorithm_keys: [mask]}]");
        BufferedImage plain = sheet("plain", "tiny.yaml", "--count", "1", "--in-order", "--cfg-options", "train_dataloader.dataset.pipeline=[{type: LoadImageFromFile}, "
                + "{type: mmcv.Resize, scale: [128, 128]}, {type: PackSelfSupInputs}]");
        int changed = 0;
        for (int patch = 0; patch < 64; patch++) {
            int x = LEFT + patch % 8 * 16 + 8;
            int y = TOP + patch / 8 * 16 + 8;
            changed += masked.getRGB(x, y) == plain.getRGB(x, y) ? 0 : 1;
        }
        assertTrue(changed >= 24 && changed <= 32, "about 32 of 64 patches are hidden: " + changed);
    }

    @Test
    void imagesInTarShardsAreShownAndTrainedOn() throws Exception {
        try (TarFile tar = new TarFile(selfsup.path("photos-000.tar"))) {
            int label = 0;
            for (String name : List.of("coffee", "brick")) {
                for (Path file : selfsup.files("data/train/" + name, ".*\\.jpg")) {
                    String key = name + "/" + file.getFileName().toString().replace(".jpg", "");
                    tar.add(key + ".jpg", Files.readAllBytes(file));
                    tar.add(key + ".cls", Integer.toString(label).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }
                label++;
            }
        }
        String[] shards = {"--cfg-options", "train_dataloader.dataset={_delete_: true, type: WebDataset, data_root: '.', shards: 'photos-{000..000}.tar', classes: [cup, lawn], "
                + "pipeline: [{type: LoadImageFromFile}, {type: MultiView, num_views: 2, transforms: [[{type: RandomResizedCrop, size: 24}]]}, {type: PackSelfSupInputs}]}",
            "custom_hooks=[]", "train_cfg.max_epochs=1"};
        BufferedImage sheet = sheet("shards", concat(new String[] {"tiny.yaml", "--count", "2"}, shards));
        assertTrue(colours(sheet, LEFT, TOP, 100) > 50);
        Selfsup.Ended trained = selfsup.run(concat(new String[] {"train", "tiny.yaml", "--work-dir", "on_shards"}, shards));
        assertEquals(0, trained.status(), trained::toString);
    }

    @Test
    void listsAreConverted() throws Exception {
        Files.writeString(selfsup.path("train2018.json"), "{\"images\": [{\"id\": 2, \"file_name\": \"b/2.jpg\"}, {\"id\": 1, \"file_name\": \"a/1.jpg\"}], "
                + "\"annotations\": [{\"image_id\": 1, \"category_id\": 5}, {\"image_id\": 2, \"category_id\": 8141}]}");
        assertEquals(List.of("b/2.jpg 8141", "a/1.jpg 5"), converted("inaturalist2018", "train2018.json", "--out", "inat/train.txt"));
        Files.writeString(selfsup.path("all.txt"), "n02/n02_1.JPEG 1\nn01/n01_7.JPEG 0\n");
        Files.writeString(selfsup.path("1percent.txt"), "n01_7.JPEG\nn02_1.JPEG\n");
        assertEquals(List.of("n01/n01_7.JPEG 0", "n02/n02_1.JPEG 1"), converted("imagenet-subset", "1percent.txt", "--labels", "all.txt", "--out", "part/train.txt"));
        Files.createDirectories(selfsup.path("VOC2007/ImageSets/Main"));
        Files.writeString(selfsup.path("VOC2007/ImageSets/Main/trainval.txt"), "000005\n000007\n");
        Files.writeString(selfsup.path("VOC2007/ImageSets/Main/test.txt"), "000001\n");
        assertEquals(List.of("000005.jpg", "000007.jpg", "000001.jpg"), converted("voc", "VOC2007", "--out", "VOC2007/Lists/trainvaltest.txt"));
    }

    @Test
    void mistakesAreOneLineAndNothingIsOverwritten() throws Exception {
        Files.createDirectories(selfsup.path("kept"));
        Files.writeString(selfsup.path("kept/contact_sheet.png"), "mine");
        refused("kept/contact_sheet.png exists already: choose another name, or say --force to replace it", "browse-dataset", "tiny.yaml", "--out", "kept");
        assertEquals("mine", Files.readString(selfsup.path("kept/contact_sheet.png")));
        refused("--count must be from 1 to 1000, not 0", "browse-dataset", "tiny.yaml", "--out", "new", "--count", "0");
        refused("tiny.yaml has no test_dataloader.dataset; name the dataset to show with --dataset KEY", "browse-dataset", "tiny.yaml", "--out", "new", "--dataset",
                "test_dataloader.dataset");
        Files.writeString(selfsup.path("kept.txt"), "mine");
        Files.writeString(selfsup.path("empty.json"), "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}]}");
        refused("kept.txt exists already: choose another name, or say --force to replace it", "convert-dataset", "inaturalist2018", "empty.json", "--out", "kept.txt");
        refused("kept is a folder: name a file in it", "convert-dataset", "inaturalist2018", "empty.json", "--out", "kept", "--force");
        refused("KIND must be inaturalist2018, imagenet-subset or voc, not coco", "convert-dataset", "coco", "empty.json", "--out", "new.txt");
        refused("INPUT: there is no none.json", "convert-dataset", "inaturalist2018", "none.json", "--out", "new.txt");
        refused("INPUT: empty.json has no annotation with a category_id for image 1, a.jpg; the files for testing have no labels and need no list", "convert-dataset",
                "inaturalist2018", "empty.json", "--out", "new.txt");
        refused("--labels must name the list of all images, as data/imagenet/meta/train.txt, from which labels are taken", "convert-dataset", "imagenet-subset",
                "empty.json", "--out", "new.txt");
        assertTrue(Files.notExists(selfsup.path("new.txt")) && Files.notExists(selfsup.path("new")));
    }

    private static void refused(String message, String... command) throws Exception {
        Selfsup.Ended ended = selfsup.run(command);
        assertEquals(2, ended.status(), ended::toString);
        assertTrue(ended.toString().contains(message), ended::toString);
    }

    private static List<String> converted(String... arguments) throws Exception {
        Selfsup.Ended ended = selfsup.run(concat(new String[] {"convert-dataset"}, arguments));
        assertEquals(0, ended.status(), ended::toString);
        return Files.readAllLines(selfsup.path(arguments[arguments.length - 1]));
    }

    private static BufferedImage sheet(String out, String... arguments) throws Exception {
        Selfsup.Ended ended = selfsup.run(concat(new String[] {"browse-dataset", "--out", out}, arguments));
        assertEquals(0, ended.status(), ended::toString);
        return ImageIO.read(selfsup.path(out + "/contact_sheet.png").toFile());
    }

    private static String[] concat(String[] first, String... second) {
        return java.util.stream.Stream.of(first, second).flatMap(java.util.stream.Stream::of).toArray(String[]::new);
    }

    private static int colours(BufferedImage image, int left, int top, int side) {
        Set<Integer> colours = new HashSet<>();
        for (int i = 0; i < side * side; i++) {
            colours.add(image.getRGB(left + i % side, top + i / side));
        }
        return colours.size();
    }

    private static int count(BufferedImage image, int rgb) {
        int count = 0;
        for (int i = 0; i < image.getWidth() * image.getHeight(); i++) {
            count += image.getRGB(i % image.getWidth(), i / image.getWidth()) == rgb ? 1 : 0;
        }
        return count;
    }
}
