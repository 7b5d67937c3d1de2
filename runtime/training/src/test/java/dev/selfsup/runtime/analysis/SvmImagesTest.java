package dev.selfsup.runtime.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.metric.svm.LabelledFeatures;
import dev.selfsup.runtime.model.LayerFeatures;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SvmImagesTest {
    private static SvmImages.Gathering gathered(Map<String, Sample.Field> fields, int... labels) {
        float[][] features = IntStream.of(labels).mapToObj(label -> new float[] {label, 1}).toArray(float[][]::new);
        List<Path> paths = IntStream.range(0, labels.length).mapToObj(i -> Path.of(i + ".jpg")).toList();
        SvmImages.Gathering gathering = new SvmImages.Gathering();
        gathering.add(new LayerFeatures.Rows(Map.of("feat", features), IntStream.range(0, labels.length).toArray(), labels, paths, Collections.nCopies(labels.length, fields)));
        return gathering;
    }

    private static SvmImages.Gathering gathered(int... labels) {
        return gathered(Map.of(), labels);
    }

    @Test
    void classesWithoutNamesAreThoseUpToTheLargestLabel() {
        SvmImages.Gathering learned = gathered(0, 1, 0, 1);
        assertEquals(List.of("0", "1", "2"), SvmImages.names(List.of(), learned, gathered(2)));
        assertEquals(List.of("cat", "dog"), SvmImages.names(List.of("cat", "dog"), learned, gathered(1)));
        LabelledFeatures layer = learned.layer("feat", 3);
        assertEquals(4, layer.size());
        assertEquals(3, layer.classes());
    }

    @Test
    void labelsThatCannotBeClassesAreRefusedBeforeTheyTakeMemory() {
        assertEquals("the largest label is 999999999, but there are only 2 training images: labels must be 0, 1, 2, ..., with training images of each",
                assertThrows(UsageException.class, () -> SvmImages.names(List.of(), gathered(0, 1), gathered(999_999_999))).getMessage());
        SvmImages.Gathering third = gathered(0, 2);
        assertEquals("1.jpg has the label 2, but there are 2 classes of training images: both datasets must have the same",
                assertThrows(UsageException.class, () -> third.layer("feat", 2)).getMessage());
        assertEquals("0.jpg has no label: an SVM needs images with classes, as of mmcls.VOC or a folder for each class, whose pipeline ends with mmcls.PackClsInputs",
                assertThrows(UsageException.class, () -> gathered(-1)).getMessage());
    }

    @Test
    void anImageMayHaveSeveralClasses() {
        LabelledFeatures layer = gathered(Map.of("gt_score", new Sample.Field(new double[] {1, 0, 1, 0}, false, 4)), -1, -1).layer("feat", 4);
        assertEquals(4, layer.classes());
    }
}
