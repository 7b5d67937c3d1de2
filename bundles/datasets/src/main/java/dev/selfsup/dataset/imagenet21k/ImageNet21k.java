package dev.selfsup.dataset.imagenet21k;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Transform;
import dev.selfsup.dataset.FolderConfig;
import dev.selfsup.dataset.MetaInfo;
import dev.selfsup.dataset.Prefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;

/** ImageNet-21k (Deng et al. 2009), 14 million images: a text file of one image and label a line, which is read faster than a folder is listed, or a folder. */
public final class ImageNet21k {
    /**
     * Where the images are and what happens to them.
     *
     * @param dataRoot folder of the data, relative to the working directory
     * @param dataPrefix folder of the images, relative to {@code data_root}; a text, or {@code {img_path: ...}}
     * @param annFile text file of images and labels, relative to {@code data_root}; without it the folder is listed
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
     * @param multiLabel must be false: an image has one label
     */
    public record Config(@Default("''") String dataRoot, @Shorthand @Default("{}") Prefix dataPrefix, @Default("''") String annFile,
            Optional<MetaInfo> metainfo, @Default("[]") List<Transform> pipeline,
            @Default("[.jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif]") List<String> extensions,
            Optional<Map<String, String>> filterCfg, OptionalInt indices, @Default("true") boolean serializeData,
            @Default("false") boolean testMode, @Default("false") boolean lazyInit, @Default("1000") int maxRefetch,
            @Shorthand @Default("[]") List<String> classes, @Default("false") boolean multiLabel) {
        public Config {
            check(!multiLabel, "multi_label must be false: an image has one label");
            new FolderConfig(dataRoot, dataPrefix, annFile, metainfo, pipeline, extensions, filterCfg, indices, serializeData, testMode, lazyInit, maxRefetch,
                    classes);
        }
    }

    private ImageNet21k() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "ImageNet21k", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Dataset, Config> {
        @Override
        public Dataset create(Config config) {
            FolderConfig folder = new FolderConfig(config.dataRoot, config.dataPrefix, config.annFile, config.metainfo, config.pipeline, config.extensions,
                    config.filterCfg, config.indices, config.serializeData, config.testMode, config.lazyInit, config.maxRefetch, config.classes);
            return folder::images;
        }
    }
}
