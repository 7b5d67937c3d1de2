package dev.selfsup.dataset.deepclusterimagenet;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Transform;
import dev.selfsup.dataset.AnnotationFile;
import dev.selfsup.dataset.ImageFiles;
import dev.selfsup.dataset.ImageFolder;
import dev.selfsup.dataset.Listing;
import dev.selfsup.dataset.Location;
import dev.selfsup.dataset.MetaInfo;
import dev.selfsup.dataset.Prefix;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;

/**
 * Images that are given labels of clusters while a run trains, for DeepCluster and ODC: ImageNet-1k or any folder of images, listed as ImageNet and CustomDataset do. A sample
 * has the newest label in its field {@code clustering_label}, -1 before there is one; DeepClusterHook assigns them.
 */
public final class DeepClusterImageNet implements Dataset {
    private final Config config;

    /**
     * Where the images are and what happens to them.
     *
     * @param dataRoot folder of the data, relative to the working directory
     * @param dataPrefix folder of the images, relative to {@code data_root}; a text, or {@code {img_path: ...}}
     * @param annFile text file of images and, if there are some, true labels, relative to {@code data_root}; without it the folder is listed
     * @param metainfo {@code {classes: [...]}}: names of the classes
     * @param pipeline transforms
     * @param extensions endings of image files, in any case
     * @param filterCfg has no effect, as in the reference
     * @param indices take only the first images, or the last ones if negative
     * @param serializeData has no effect
     * @param testMode has no effect: a bad image is left out in training and in testing
     * @param lazyInit has no effect: files are listed when the run opens the dataset
     * @param maxRefetch has no effect: a bad image is not replaced by another one
     * @param classes names of the classes by label, or a text file of one name a line
     */
    public record Config(@Default("''") String dataRoot, @Shorthand @Default("{}") Prefix dataPrefix, @Default("''") String annFile,
            Optional<MetaInfo> metainfo, @Default("[]") List<Transform> pipeline,
            @Default("[.jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif]") List<String> extensions,
            Optional<Map<String, String>> filterCfg, OptionalInt indices, @Default("true") boolean serializeData,
            @Default("false") boolean testMode, @Default("false") boolean lazyInit, @Default("1000") int maxRefetch,
            @Shorthand @Default("[]") List<String> classes) {
        public Config {
            pipeline = List.copyOf(pipeline);
            extensions = List.copyOf(extensions);
            classes = List.copyOf(classes);
            check(!extensions.isEmpty(), "extensions must name at least one ending");
            check(!annFile.isEmpty() || !dataPrefix.imgPath().isEmpty() || !dataRoot.isEmpty(),
                    "data_root, data_prefix or ann_file must be given");
        }

        private List<String> names() {
            return metainfo.map(MetaInfo::classes).filter(names -> !names.isEmpty()).orElse(classes);
        }
    }

    /** From a config. */
    public DeepClusterImageNet(Config config) {
        this.config = config;
    }

    @Override
    public Images open() {
        Location location = new Location(config.dataRoot, config.dataPrefix.imgPath(), config.annFile);
        Path images = location.images();
        Listing listing = location.annotations()
                .map(file -> AnnotationFile.read(file, images, true))
                .orElseGet(() -> ImageFolder.list(images, config.extensions, true));
        return new ImageFiles(listing.named(config.names()).some(config.indices), config.pipeline).clustered();
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "DeepClusterImageNet")
    public static final class Factory implements ComponentFactory<Dataset, Config> {
        @Override
        public Dataset create(Config config) {
            return new DeepClusterImageNet(config);
        }
    }
}
