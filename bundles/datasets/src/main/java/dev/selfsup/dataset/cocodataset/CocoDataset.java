package dev.selfsup.dataset.cocodataset;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Transform;
import dev.selfsup.dataset.ImageFiles;
import dev.selfsup.dataset.ImageFolder;
import dev.selfsup.dataset.JsonAnnotations;
import dev.selfsup.dataset.Listing;
import dev.selfsup.dataset.Location;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;

/** The images of COCO (Lin et al. 2014), without labels: those that an annotation file names, or a folder of them. */
public final class CocoDataset implements Dataset {
    private static final List<String> EXTENSIONS = List.of(".jpg", ".jpeg", ".png");
    private final Config config;

    /**
     * The folder of the images.
     *
     * @param img folder of the images, relative to {@code data_root}
     */
    public record Images(@Default("''") String img) {}

    /**
     * Where the images are and what happens to them.
     *
     * @param annFile annotation file in JSON, relative to {@code data_root}, of which only the names of the images are read; without it the folder is listed
     * @param dataRoot folder of the data, relative to the working directory
     * @param dataPrefix {@code {img: train2017/}}: folder of the images, relative to {@code data_root}
     * @param pipeline transforms
     * @param metainfo has no effect
     * @param filterCfg has no effect: images without objects are kept
     * @param indices take only the first images, or the last ones if negative
     * @param serializeData has no effect
     * @param testMode has no effect: a bad image is left out in training and in testing
     * @param lazyInit has no effect: files are listed when the run opens the dataset
     * @param maxRefetch has no effect: a bad image is not replaced by another one
     */
    public record Config(@Default("''") String annFile, @Default("''") String dataRoot, @Shorthand @Default("{}") Images dataPrefix,
            @Default("[]") List<Transform> pipeline, Optional<Map<String, Object>> metainfo, Optional<Map<String, Object>> filterCfg, OptionalInt indices,
            @Default("true") boolean serializeData, @Default("false") boolean testMode, @Default("false") boolean lazyInit, @Default("1000") int maxRefetch) {
        public Config {
            pipeline = List.copyOf(pipeline);
        }
    }

    private CocoDataset(Config config) {
        this.config = config;
    }

    @Override
    public Dataset.Images open() {
        Location location = new Location(config.dataRoot, config.dataPrefix.img, config.annFile);
        Path images = location.images();
        Listing listing = location.annotations()
                .map(file -> new Listing(images, List.copyOf(JsonAnnotations.read(file).images().values()), Optional.empty(), List.of()))
                .orElseGet(() -> ImageFolder.list(images, EXTENSIONS, false));
        return new ImageFiles(listing.some(config.indices), config.pipeline);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "CocoDataset", scope = "mmdet")
    public static final class Factory implements ComponentFactory<Dataset, Config> {
        @Override
        public Dataset create(Config config) {
            return new CocoDataset(config);
        }
    }
}
