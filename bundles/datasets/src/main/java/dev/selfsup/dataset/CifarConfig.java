package dev.selfsup.dataset;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Transform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Keys of CIFAR-10 and CIFAR-100.
 *
 * @param dataPrefix folder that holds the unpacked archive, or what is in it, relative to {@code data_root}
 * @param testMode whether these are the images for testing, rather than those for training
 * @param metainfo {@code {classes: [...]}}: names of the classes
 * @param dataRoot folder of the data, relative to the working directory
 * @param download has no effect: nothing is downloaded, a message tells from where it can be
 * @param pipeline transforms, which get the image, in the order red, green, blue as in the reference: nothing is to be loaded
 * @param filterCfg has no effect, as in the reference
 * @param indices take only the first images, or the last ones if negative
 * @param serializeData has no effect
 * @param lazyInit has no effect: files are read when the run opens the dataset
 * @param maxRefetch has no effect
 * @param classes names of the classes by label, or a text file of one name a line
 */
public record CifarConfig(String dataPrefix, boolean testMode, Optional<MetaInfo> metainfo, @Default("''") String dataRoot,
        @Default("true") boolean download, @Default("[]") List<Transform> pipeline, Optional<Map<String, Object>> filterCfg, OptionalInt indices,
        @Default("true") boolean serializeData, @Default("false") boolean lazyInit, @Default("1000") int maxRefetch,
        @Shorthand @Default("[]") List<String> classes) {
    public CifarConfig {
        pipeline = List.copyOf(pipeline);
        classes = List.copyOf(classes);
    }

    /**
     * Reads the images.
     *
     * @param layout which files there are
     * @throws dev.selfsup.api.run.UsageException if a file is missing or damaged
     */
    public Dataset.Images images(CifarLayout layout) {
        List<String> given = metainfo.map(MetaInfo::classes).filter(names -> !names.isEmpty()).orElse(classes);
        List<String> names = given.isEmpty() ? layout.classes() : Listing.names(given);
        return new CifarImages(layout.read(Location.path(dataRoot).resolve(Location.path(dataPrefix)), testMode), names, indices, pipeline);
    }
}
