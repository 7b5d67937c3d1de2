package dev.selfsup.dataset.voc;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.dataset.AnnotationFile;
import dev.selfsup.dataset.Listing;
import dev.selfsup.dataset.Location;
import dev.selfsup.dataset.MetaInfo;
import dev.selfsup.dataset.VocObjects;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * PASCAL VOC (Everingham et al. 2010): photographs with any number of classes each. A sample has the field {@code gt_score}, 1 for each class that is there and 0 for
 * each other, and {@code gt_label_difficult}, 1 for each class that is there only as objects that are hard to recognise, which most measures leave out.
 */
public final class VOC implements Dataset {
    private static final List<String> CLASSES = List.of("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
            "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor");
    private final Config config;

    /**
     * Folders of images and annotations.
     *
     * @param imgPath folder of the images, relative to {@code data_root}
     * @param annPath folder of the annotations in XML; empty for images without labels
     */
    public record Folders(@Default("JPEGImages") String imgPath, @Default("''") String annPath) {}

    /**
     * Where the images are and what happens to them.
     *
     * @param dataRoot folder of a year, as {@code VOCdevkit/VOC2007}
     * @param imageSetPath text file of names of images without their ending, one a line, relative to {@code data_root}: {@code ImageSets/Main/trainval.txt}
     * @param dataPrefix folders of images and annotations
     * @param testMode has an effect only on what may be missing: training needs annotations
     * @param metainfo {@code {classes: [...]}}: names of the classes; objects of others are left out
     * @param pipeline transforms
     * @param filterCfg has no effect, as in the reference
     * @param indices take only the first images, or the last ones if negative
     * @param serializeData has no effect
     * @param lazyInit has no effect: annotations are read when the run opens the dataset
     * @param maxRefetch has no effect: a bad image is not replaced by another one
     * @param classes names of the classes, or a text file of one name a line
     */
    public record Config(String dataRoot, String imageSetPath, @Shorthand @Default("{img_path: JPEGImages, ann_path: Annotations}") Folders dataPrefix,
            @Default("false") boolean testMode, Optional<MetaInfo> metainfo, @Default("[]") List<Transform> pipeline,
            Optional<Map<String, Object>> filterCfg, OptionalInt indices, @Default("true") boolean serializeData, @Default("false") boolean lazyInit,
            @Default("1000") int maxRefetch, @Shorthand @Default("[]") List<String> classes) {
        public Config {
            pipeline = List.copyOf(pipeline);
            check(!imageSetPath.isEmpty(), "image_set_path must be given");
            check(testMode || !dataPrefix.annPath.isEmpty(), "data_prefix.ann_path must be given unless test_mode is true");
        }

        private List<String> names() {
            List<String> given = metainfo.map(MetaInfo::classes).filter(names -> !names.isEmpty()).orElse(classes);
            return given.isEmpty() ? CLASSES : Listing.names(given);
        }
    }

    private VOC(Config config) {
        this.config = config;
    }

    @Override
    public Images open() {
        Location location = new Location(config.dataRoot, config.dataPrefix.imgPath, config.imageSetPath);
        Path images = location.images();
        Path set = location.annotations().orElseThrow();
        Listing listing = AnnotationFile.read(set, images, false).some(config.indices);
        List<String> names = config.names();
        boolean labelled = !config.dataPrefix.annPath.isEmpty();
        Path annotations = labelled ? new Location(config.dataRoot, config.dataPrefix.annPath, "").images() : images;
        List<Labels> labels = labelled
                ? listing.files().parallelStream().map(name -> Labels.of(VocObjects.read(annotations.resolve(id(name) + ".xml")), names)).toList() : List.of();
        return new Photographs(listing, names, labels, config.pipeline);
    }

    /** A line of a list of one class has a figure behind the name. */
    private static String id(String line) {
        return line.split("\\s", 2)[0];
    }

    /** Which classes are in an image. */
    private record Labels(double[] there, double[] difficult) {
        static Labels of(List<VocObjects.Seen> objects, List<String> classes) {
            Labels labels = new Labels(new double[classes.size()], new double[classes.size()]);
            for (VocObjects.Seen object : objects) {
                int label = classes.indexOf(object.name());
                if (label >= 0) {
                    (object.difficult() ? labels.difficult : labels.there)[label] = 1;
                }
            }
            for (int label = 0; label < classes.size(); label++) {
                labels.difficult[label] *= 1 - labels.there[label];
            }
            return labels;
        }
    }

    private record Photographs(Listing listing, List<String> classes, List<Labels> labels, List<Transform> pipeline) implements Images {
        @Override
        public int size() {
            return listing.files().size();
        }

        @Override
        public boolean labelled() {
            return false;
        }

        @Override
        public Sample load(int index, RandomGenerator random) {
            Sample sample = new Sample(index, listing.base().resolve(id(listing.files().get(index)) + ".jpg"), OptionalInt.empty());
            if (!labels.isEmpty()) {
                sample.fields().put("gt_score", new Sample.Field(labels.get(index).there.clone(), false, classes.size()));
                sample.fields().put("gt_label_difficult", new Sample.Field(labels.get(index).difficult.clone(), true, classes.size()));
            }
            pipeline.forEach(transform -> transform.apply(sample, random));
            return sample;
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "VOC", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Dataset, Config> {
        @Override
        public Dataset create(Config config) {
            return new VOC(config);
        }
    }
}
