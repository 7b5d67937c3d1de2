package dev.selfsup.dataset;

import static dev.selfsup.dataset.StoredDatasets.labels;
import static dev.selfsup.dataset.StoredDatasets.names;
import static dev.selfsup.dataset.StoredDatasets.open;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListedDatasetsTest {
    private static final String VOC = "{type: VOC, data_root: '%s', image_set_path: ImageSets/Main/trainval.txt}";

    @TempDir
    private Path folder;

    @Test
    void placesAndImageNet21kReadTheirLists() throws IOException {
        write("trainvalsplit/train.csv", "a/abbey/1.jpg 0\na/airport/2.jpg 1\n");
        for (String type : List.of("Places205", "ImageNet21k")) {
            Dataset.Images images = open("{type: " + type + ", data_root: '%s', ann_file: trainvalsplit/train.csv, data_prefix: {img_path: .}}", folder);
            assertEquals(List.of("a/abbey/1.jpg", "a/airport/2.jpg"), names(images, folder));
            assertEquals(List.of(0, 1), labels(images));
        }
        assertTrue(message("{type: ImageNet21k, data_root: '%s', multi_label: true}").endsWith("multi_label must be false: an image has one label"));
    }

    @Test
    void imagesOfCocoAreThoseThatItsAnnotationsName() throws IOException {
        write("annotations/a.json", "{\"info\": {\"year\": 2017}, \"images\": [{\"file_name\": \"2.jpg\", \"id\": 7, \"x\": [1, {}]}, {\"id\": 3, \"file_name\": \"1.jpg\"}],"
                + "\"annotations\": [{\"image_id\": 7, \"category_id\": 1, \"bbox\": [1, 2]}], \"categories\": []}");
        write("train2017/3.jpg", "");
        String json = "{type: CocoDataset, data_root: '%s', ann_file: annotations/a.json, data_prefix: {img: train2017/}, filter_cfg: {filter_empty_gt: true, min_size: 32}}";
        Dataset.Images images = open(json, folder);
        assertEquals(List.of("train2017/2.jpg", "train2017/1.jpg"), names(images, folder));
        assertFalse(images.labelled());
        assertEquals(List.of("train2017/3.jpg"), names(open("{type: CocoDataset, data_root: '%s', data_prefix: {img: train2017/}}", folder), folder));
        JsonAnnotations read = JsonAnnotations.read(folder.resolve("annotations/a.json"));
        assertEquals(Map.of(7L, 1), read.categories());
        write("annotations/a.json", "{\"images\": []}");
        assertEquals("ann_file: " + folder + "/annotations/a.json has no \"images\" with \"file_name\" and \"id\"", message(json));
        write("annotations/a.json", "[]");
        assertEquals("ann_file: " + folder + "/annotations/a.json must be a JSON object with the key \"images\"", message(json));
        write("annotations/a.json", "{\"images\": [");
        assertTrue(message(json).startsWith("ann_file: " + folder + "/annotations/a.json cannot be read as JSON: "), message(json));
    }

    @Test
    void imagesOfAdeAreAFolderOrListedWithoutTheirEnding() throws IOException {
        write("images/training/b.jpg", "");
        write("images/training/a.jpg", "");
        write("images/training/a.png", "");
        write("list.txt", "b\n");
        String prefix = "data_prefix: {img_path: images/training, seg_map_path: annotations/training}";
        assertEquals(List.of("images/training/a.jpg", "images/training/b.jpg"), names(open("{type: ADE20KDataset, data_root: '%s', " + prefix + "}", folder), folder));
        assertEquals(List.of("images/training/b.jpg"), names(open("{type: ADE20KDataset, data_root: '%s', ann_file: list.txt, " + prefix + "}", folder), folder));
    }

    @Test
    void photographsOfVocHaveAnyNumberOfClasses() throws IOException {
        write("ImageSets/Main/trainval.txt", "000001\n000002\n");
        write("JPEGImages/000001.jpg", "");
        write("Annotations/000001.xml", "<annotation><size><name>cat</name></size><object><name>dog</name><difficult>0</difficult><part><name>cow</name></part></object>"
                + "<object><name> cat </name><difficult>1</difficult></object><object><name>dog</name><difficult>1</difficult></object><object><name>unicorn</name></object>"
                + "</annotation>");
        write("Annotations/000002.xml", "<annotation/>");
        Dataset.Images images = open(VOC.replace("trainval.txt", "trainval.txt, classes: [cat, dog, cow]"), folder);
        assertEquals(List.of("JPEGImages/000001.jpg", "JPEGImages/000002.jpg"), names(images, folder));
        assertArrayEquals(new double[] {0, 1, 0}, images.load(0, SampleRandom.of(0)).fields().get("gt_score").values());
        assertArrayEquals(new double[] {1, 0, 0}, images.load(0, SampleRandom.of(0)).fields().get("gt_label_difficult").values());
        assertArrayEquals(new double[3], images.load(1, SampleRandom.of(0)).fields().get("gt_score").values());
        assertEquals(20, open(VOC, folder).classes().size());
        assertTrue(open(VOC.replace("}", ", test_mode: true, data_prefix: JPEGImages}"), folder).load(0, SampleRandom.of(0)).fields().isEmpty());
    }

    @Test
    void missingAndDamagedAnnotationsOfVocAreNamed() throws IOException {
        write("ImageSets/Main/trainval.txt", "000001\n");
        write("JPEGImages/000001.jpg", "");
        Files.createDirectories(folder.resolve("Annotations"));
        assertEquals("data_prefix: there is no annotation file " + folder + "/Annotations/000001.xml; correct ann_path", message(VOC));
        write("Annotations/000001.xml", "<annotation><object>");
        assertTrue(message(VOC).startsWith("data_prefix: the annotation file " + folder + "/Annotations/000001.xml cannot be read as XML: "), message(VOC));
        write("Annotations/000001.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><annotation><object><name>&x;</name></object></annotation>");
        assertTrue(message(VOC).startsWith("data_prefix: the annotation file "), message(VOC));
        assertTrue(message(VOC.replace("}", ", data_prefix: JPEGImages}")).endsWith("data_prefix.ann_path must be given unless test_mode is true"));
    }

    private String message(String yaml) {
        return assertThrows(UsageException.class, () -> open(yaml, folder)).getMessage();
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), content);
    }
}
