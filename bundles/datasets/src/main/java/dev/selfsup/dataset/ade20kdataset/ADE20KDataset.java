package dev.selfsup.dataset.ade20kdataset;

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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;

/** The images of ADE20K (Zhou et al. 2017), without labels: a folder, or those whose names a text file lists. */
public final class ADE20KDataset implements Dataset {
    private final Config config;

    /**
     * Folders of images and label maps.
     *
     * @param imgPath folder of the images, relative to {@code data_root}
     * @param segMapPath has no effect: label maps are not read
     */
    public record Folders(@Default("''") String imgPath, @Default("''") String segMapPath) {}

    /**
     * Where the images are and what happens to them.
     *
     * @param annFile text file of names of images without their ending, one a line, relative to {@code data_root}; without it the folder is listed
     * @param imgSuffix ending of the images
     * @param segMapSuffix has no effect
     * @param metainfo has no effect
     * @param dataRoot folder of the data, relative to the working directory
     * @param dataPrefix {@code {img_path: images/training}}: folder of the images, relative to {@code data_root}
     * @param filterCfg has no effect, as in the reference
     * @param indices take only the first images, or the last ones if negative
     * @param serializeData has no effect
     * @param pipeline transforms
     * @param testMode has no effect: a bad image is left out in training and in testing
     * @param lazyInit has no effect: files are listed when the run opens the dataset
     * @param maxRefetch has no effect: a bad image is not replaced by another one
     * @param ignoreIndex has no effect
     * @param reduceZeroLabel has no effect
     */
    public record Config(@Default("''") String annFile, @Default(".jpg") String imgSuffix, @Default(".png") String segMapSuffix,
            Optional<Map<String, Object>> metainfo, @Default("''") String dataRoot, @Shorthand @Default("{}") Folders dataPrefix,
            Optional<Map<String, Object>> filterCfg, OptionalInt indices, @Default("true") boolean serializeData, @Default("[]") List<Transform> pipeline,
            @Default("false") boolean testMode, @Default("false") boolean lazyInit, @Default("1000") int maxRefetch, @Default("255") int ignoreIndex,
            @Default("true") boolean reduceZeroLabel) {
        public Config {
            pipeline = List.copyOf(pipeline);
            check(!imgSuffix.isEmpty(), "img_suffix must not be empty");
        }
    }

    private ADE20KDataset(Config config) {
        this.config = config;
    }

    @Override
    public Images open() {
        Location location = new Location(config.dataRoot, config.dataPrefix.imgPath, config.annFile);
        Path images = location.images();
        Listing listing = location.annotations().map(file -> named(file, images))
                .orElseGet(() -> ImageFolder.list(images, List.of(config.imgSuffix), false));
        return new ImageFiles(listing.some(config.indices), config.pipeline);
    }

    private Listing named(Path file, Path images) {
        List<String> names = AnnotationFile.read(file, images, false).files();
        return new Listing(images, names.stream().map(name -> name + config.imgSuffix).toList(), Optional.empty(), List.of());
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "ADE20KDataset", scope = "mmseg")
    public static final class Factory implements ComponentFactory<Dataset, Config> {
        @Override
        public Dataset create(Config config) {
            return new ADE20KDataset(config);
        }
    }
}
