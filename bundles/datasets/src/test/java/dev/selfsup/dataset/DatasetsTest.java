package dev.selfsup.dataset;

import static dev.selfsup.dataset.DataComponents.bind;
import static dev.selfsup.dataset.DataComponents.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.dataset.customdataset.CustomDataset;
import dev.selfsup.dataset.imagelist.ImageList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    @TempDir
    private Path folder;

    @Test
    void subfoldersAreClassesInTheOrderOfTheirNames() throws IOException {
        touch("b/2.png", "b/10.PNG", "a/deep/er/x.jpg", "a/y.jpeg", "a b/z.bmp", "a/notes.txt", ".git/hidden.png", "a/.thumb.png");
        Files.createDirectories(folder.resolve("c"));
        Dataset.Images images = open("{type: CustomDataset, data_root: '%s'}", folder);
        assertEquals(List.of("a", "a b", "b", "c"), images.classes());
        assertEquals(List.of("a/deep/er/x.jpg", "a/y.jpeg", "a b/z.bmp", "b/10.PNG", "b/2.png"), paths(images));
        assertEquals(List.of(0, 0, 1, 2, 2), labels(images));
        assertTrue(images.labelled());
    }

    @Test
    void aFolderWithoutSubfoldersHasNoLabels() throws IOException {
        touch("2.png", "1.jpg", ".hidden.png");
        Dataset.Images images = open("{type: CustomDataset, data_root: '%s'}", folder);
        assertEquals(List.of("1.jpg", "2.png"), paths(images));
        assertFalse(images.labelled());
        assertEquals(List.of(), images.classes());
        assertEquals(OptionalInt.empty(), images.load(0, SampleRandom.of(0)).label());
    }

    @Test
    void withoutLabelsAllImagesBelowAreTaken() throws IOException {
        touch("2.png", "a/1.jpg");
        assertEquals(List.of("2.png", "a/1.jpg"), paths(open("{type: CustomDataset, with_label: false, data_root: '%s'}", folder)));
        assertEquals(List.of("a/1.jpg"), paths(open("{type: CustomDataset, data_root: '%s'}", folder)),
                "of a folder with classes only those");
    }

    @Test
    void linksAreFollowedAndCirclesLeftOut() throws IOException {
        touch("outside/1.png", "data/a/2.png");
        Files.createSymbolicLink(folder.resolve("data/b"), folder.resolve("outside"));
        Files.createSymbolicLink(folder.resolve("data/a/again"), folder.resolve("data"));
        assertEquals(List.of("a/2.png", "b/1.png"), relative(open("{type: CustomDataset, data_root: '%s/data'}", folder),
                folder.resolve("data")));
    }

    @Test
    void imageNetReadsItsAnnotationFileOrItsFolders() throws IOException {
        touch("train/n01/1.jpg", "train/n02/2.jpg");
        Files.createDirectories(folder.resolve("meta"));
        Files.writeString(folder.resolve("meta/train.txt"), "n02/2.jpg 1\n\nn01/1 with space.jpg 0\n");
        Dataset.Images listed = open("{type: ImageNet, data_root: '%s/', ann_file: meta/train.txt, data_prefix: {img_path: train/}}",
                folder);
        assertEquals(List.of("train/n02/2.jpg", "train/n01/1 with space.jpg"), paths(listed));
        assertEquals(List.of(1, 0), labels(listed));
        Dataset.Images scanned = open("{type: ImageNet, data_root: '%s/', data_prefix: train}", folder);
        assertEquals(List.of("n01", "n02"), scanned.classes());
        assertEquals(List.of("train/n01/1.jpg", "train/n02/2.jpg"), paths(scanned));
    }

    @Test
    void anImageListMayHaveNoLabels() throws IOException {
        Files.writeString(folder.resolve("list.txt"), "b/1 2.png\na.png\n");
        Dataset.Images images = open("{type: ImageList, data_root: '%s', ann_file: list.txt}", folder);
        assertEquals(List.of("b/1 2.png", "a.png"), paths(images));
        assertFalse(images.labelled());
        Files.writeString(folder.resolve("list.txt"), "1.png -1\n2.png -1\n");
        assertFalse(open("{type: ImageList, data_root: '%s', ann_file: list.txt}", folder).labelled());
    }

    @Test
    void indicesTakeTheFirstOrLastImages() throws IOException {
        touch("a/1.png", "a/2.png", "b/3.png");
        assertEquals(List.of("a/1.png", "a/2.png"), paths(open("{type: CustomDataset, indices: 2, data_root: '%s'}", folder)));
        assertEquals(List.of(1), labels(open("{type: CustomDataset, indices: -1, data_root: '%s'}", folder)));
    }

    @Test
    void classesAreNamedByTheConfigOrAFile() throws IOException {
        touch("a/1.png", "b/2.png");
        Files.writeString(folder.resolve("names.txt"), "cat\ndog\n");
        assertEquals(List.of("cat", "dog"), open("{type: CustomDataset, classes: [cat, dog], data_root: '%s'}", folder).classes());
        assertEquals(List.of("cat", "dog"), open("{type: CustomDataset, classes: '%1$s/names.txt', data_root: '%1$s'}", folder).classes());
        assertEquals(List.of("cat", "dog"), open("{type: CustomDataset, metainfo: {classes: [cat, dog]}, data_root: '%s'}",
                folder).classes());
    }

    @Test
    void thePipelineRunsOnTheSamplesOwnGenerator() throws IOException {
        touch("a/1.png", "a/2.png");
        Dataset.Images images = open("{type: CustomDataset, pipeline: [{type: Draw}, {type: Draw}], data_root: '%s'}", folder);
        double[] drawn = images.load(1, SampleRandom.of(1, 2)).fields().get("draws").values();
        SampleRandom same = SampleRandom.of(1, 2);
        assertArrayEquals(new double[] {same.nextDouble(), same.nextDouble()}, drawn);
        assertEquals(1, images.load(1, SampleRandom.of(1, 2)).index());
    }

    @Test
    void missingAndEmptyFoldersSayWhatToDo() throws IOException {
        String remedy = "set data_root to your folder of images, for training with --cfg-options train_dataloader.dataset.data_root=FOLDER";
        assertMistake("data_root: there is no folder \"" + folder + "/none\" (looked for " + folder + "/none); " + remedy,
                "{type: CustomDataset, data_root: '%s/none', ann_file: a.txt}");
        assertMistake("data_root: there is no folder \"no/such\" (looked for " + Path.of("no/such").toAbsolutePath() + "); " + remedy,
                "{type: ImageNet, data_root: no/such, ann_file: meta/train.txt, data_prefix: {img_path: train/}}");
        assertMistake("data_prefix: there is no folder \"train\" in data_root \"" + folder + "\" (looked for " + folder
                + "/train); correct it, or leave it out if the images lie in data_root itself",
                "{type: CustomDataset, data_root: '%s', data_prefix: train}");
        assertMistake("ann_file: there is no file \"a.txt\" in data_root \"" + folder + "\" (looked for " + folder
                + "/a.txt); correct it, or leave ann_file out to take every image of the folder, its subfolders as classes",
                "{type: CustomDataset, data_root: '%s', ann_file: a.txt}");
        touch("notes.txt");
        assertMistake("data_root: there is no image in " + folder + " (files that end in .jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif); "
                + remedy,
                "{type: CustomDataset, data_root: '%s'}");
    }

    @Test
    void malformedAnnotationsNameTheLine() throws IOException {
        Path list = folder.resolve("list.txt");
        String config = "{type: ImageList, data_root: '%s', ann_file: list.txt}";
        Files.writeString(list, "\n \n");
        assertMistake("ann_file: " + list + " is empty; it needs one image a line, as \"folder/image.jpg 0\"", config);
        Files.writeString(list, "a.png 1\nb.png\n");
        assertMistake("ann_file: " + list + ":2: every line or none must end in a label, a whole number; this one does not: b.png", config);
        Files.writeString(list, "a.png\n\nb.png 3\n");
        assertMistake("ann_file: " + list + ":3: every line or none must end in a label, a whole number; this one does: b.png 3", config);
        Files.writeString(list, "a.png -1\nb.png 3\n");
        assertMistake("ann_file: " + list + ": either all labels are -1, or none is", config);
        Files.writeString(list, "a.png 0\nb.png 2\n");
        assertMistake("classes: there must be a name for every label up to 2, not only 2",
                "{type: ImageList, data_root: '%s', ann_file: list.txt, classes: [a, b]}");
        touch("a/1.png");
        assertMistake("classes: there must be one name for each of the 1 class folders in " + folder + ", not 2",
                "{type: CustomDataset, data_root: '%s', classes: [a, b]}");
        assertMistake("classes: the file " + folder + "/no.txt cannot be read: " + folder + "/no.txt",
                "{type: CustomDataset, data_root: '%1$s', classes: '%1$s/no.txt'}");
    }

    @Test
    void defaultsAreTheReferences() {
        String common = "metainfo=Optional.empty, pipeline=[], extensions=[.jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif], "
                + "filterCfg=Optional.empty,"
                + " indices=OptionalInt.empty, serializeData=true, testMode=false, lazyInit=false, maxRefetch=1000, classes=[]]";
        assertEquals("Config[dataRoot=d, dataPrefix=Prefix[imgPath=], annFile=, withLabel=true, " + common,
                bind(CustomDataset.Config.class, "{data_root: d}").toString());
        assertEquals("FolderConfig[dataRoot=d, dataPrefix=Prefix[imgPath=], annFile=, " + common,
                bind(FolderConfig.class, "{data_root: d}").toString());
        assertEquals("Config[annFile=a.txt, dataRoot=, dataPrefix=Prefix[imgPath=p], " + common,
                bind(ImageList.Config.class, "{ann_file: a.txt, data_prefix: p}").toString());
    }

    @Test
    void configMistakesNameTheRule() {
        for (Class<? extends Record> type : List.of(CustomDataset.Config.class, FolderConfig.class)) {
            assertRefused("data_root, data_prefix or ann_file must be given", type, "{}");
            assertRefused("extensions must name at least one ending", type, "{data_root: d, extensions: []}");
        }
        assertRefused("ann_file must be given", ImageList.Config.class, "{ann_file: ''}");
        assertRefused("extensions must name at least one ending", ImageList.Config.class, "{ann_file: a, extensions: []}");
    }

    private static void assertRefused(String message, Class<? extends Record> type, String yaml) {
        String found = assertThrows(UsageException.class, () -> bind(type, yaml)).getMessage();
        assertTrue(found.endsWith(": " + message), () -> found + "\n should end in\n" + message);
    }

    private void assertMistake(String message, String yaml) {
        assertEquals(message, assertThrows(UsageException.class, () -> open(yaml, folder)).getMessage());
    }

    private void touch(String... files) throws IOException {
        for (String file : files) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.writeString(folder.resolve(file), "");
        }
    }

    private List<String> paths(Dataset.Images images) {
        return relative(images, folder);
    }

    private static List<String> relative(Dataset.Images images, Path folder) {
        return samples(images).stream().map(sample -> folder.relativize(sample.path()).toString()).toList();
    }

    private static List<Integer> labels(Dataset.Images images) {
        return samples(images).stream().map(sample -> sample.label().orElseThrow()).toList();
    }

    private static List<Sample> samples(Dataset.Images images) {
        return IntStream.range(0, images.size()).mapToObj(i -> images.load(i, SampleRandom.of(i))).toList();
    }
}
