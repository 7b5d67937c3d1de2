package dev.selfsup.dataset;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.data.Transform;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Keys of a dataset that is a folder of images or a text file that lists them.
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
public record FolderConfig(@Default("''") String dataRoot, @Shorthand @Default("{}") Prefix dataPrefix, @Default("''") String annFile,
        Optional<MetaInfo> metainfo, @Default("[]") List<Transform> pipeline,
        @Default("[.jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif]") List<String> extensions,
        Optional<Map<String, String>> filterCfg, OptionalInt indices, @Default("true") boolean serializeData,
        @Default("false") boolean testMode, @Default("false") boolean lazyInit, @Default("1000") int maxRefetch,
        @Shorthand @Default("[]") List<String> classes) {
    public FolderConfig {
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

    /**
     * Lists the images.
     *
     * @throws dev.selfsup.api.run.UsageException if there are none; the message names the key to change
     */
    public ImageFiles images() {
        Location location = new Location(dataRoot, dataPrefix.imgPath(), annFile);
        Path images = location.images();
        Listing listing = location.annotations()
                .map(file -> AnnotationFile.read(file, images, true))
                .orElseGet(() -> ImageFolder.list(images, extensions, true));
        return new ImageFiles(listing.named(names()).some(indices), pipeline);
    }
}
