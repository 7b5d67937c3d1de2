package dev.selfsup.dataset.imagenet;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.dataset.FolderConfig;
import org.osgi.service.component.annotations.Component;

/**
 * ImageNet-1k (Deng et al. 2009): a text file of one image and label a line, as {@code meta/train.txt}, or a folder with
 * a subfolder for each class. Classes are called as their folders are, by WordNet ids, unless the config names them. The lists of 1 % and 10 % of the images, for
 * semi-supervised classification, and those of iNaturalist are such files, too; {@code convert-dataset} writes them.
 */
public final class ImageNet {
    private ImageNet() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "ImageNet", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Dataset, FolderConfig> {
        @Override
        public Dataset create(FolderConfig config) {
            return config::images;
        }
    }
}
