package dev.selfsup.dataset.places205;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.dataset.FolderConfig;
import org.osgi.service.component.annotations.Component;

/**
 * Places205 (Zhou et al. 2014): a text file of one image and label a line, as {@code trainvalsplit_places205/train_places205.csv}, or a folder with a subfolder for each
 * class.
 */
public final class Places205 {
    private Places205() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "Places205")
    public static final class Factory implements ComponentFactory<Dataset, FolderConfig> {
        @Override
        public Dataset create(FolderConfig config) {
            return config::images;
        }
    }
}
