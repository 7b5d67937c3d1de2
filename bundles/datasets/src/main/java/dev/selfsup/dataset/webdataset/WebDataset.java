package dev.selfsup.dataset.webdataset;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Transform;
import dev.selfsup.dataset.Listing;
import dev.selfsup.dataset.Location;
import dev.selfsup.dataset.MetaInfo;
import dev.selfsup.dataset.ShardNames;
import dev.selfsup.dataset.TarShards;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;

/**
 * Images in tar archives, as the Python library WebDataset lays them out: {@code 0001.jpg} and, for a label, {@code 0001.cls}, one after the other. The archives are looked
 * through once; then every image is read where it lies, so that a sampler shuffles across all of them as it does files.
 */
public final class WebDataset implements Dataset {
    private final Config config;

    /**
     * Where the archives are and what happens to their images.
     *
     * @param dataRoot folder of the archives, relative to the working directory
     * @param shards the archives: names, with {@code {000000..000146}} for numbers and {@code *} for anything
     * @param imageKeys endings of images, without the point
     * @param labelKey ending of the files with the label, a whole number in text; without such files there are no labels
     * @param metainfo {@code {classes: [...]}}: names of the classes
     * @param classes names of the classes by label, or a text file of one name a line
     * @param indices take only the first images, or the last ones if negative
     * @param pipeline transforms, the first of which decodes the image: {@code LoadImageFromFile}
     */
    public record Config(@Default("''") String dataRoot, @Shorthand @Default("['*.tar']") List<String> shards,
            @Default("[jpg, jpeg, png, ppm, pgm, bmp, tif]") List<String> imageKeys, @Default("cls") String labelKey, Optional<MetaInfo> metainfo,
            @Shorthand @Default("[]") List<String> classes, OptionalInt indices, @Default("[]") List<Transform> pipeline) {
        public Config {
            shards = List.copyOf(shards);
            imageKeys = List.copyOf(imageKeys);
            classes = List.copyOf(classes);
            pipeline = List.copyOf(pipeline);
            check(!shards.isEmpty(), "shards must name at least one archive");
            check(!imageKeys.isEmpty(), "image_keys must name at least one ending");
        }

        private List<String> names() {
            return Listing.names(metainfo.map(MetaInfo::classes).filter(names -> !names.isEmpty()).orElse(classes));
        }
    }

    private WebDataset(Config config) {
        this.config = config;
    }

    @Override
    public Images open() {
        return TarShards.open(ShardNames.files(new Location(config.dataRoot, "", "").images(), config.shards), config.imageKeys, config.labelKey, config.names(),
                config.indices, config.pipeline);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "WebDataset")
    public static final class Factory implements ComponentFactory<Dataset, Config> {
        @Override
        public Dataset create(Config config) {
            return new WebDataset(config);
        }
    }
}
