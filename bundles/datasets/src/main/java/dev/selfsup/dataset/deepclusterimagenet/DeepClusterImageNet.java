package dev.selfsup.dataset.deepclusterimagenet;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.dataset.FolderConfig;
import org.osgi.service.component.annotations.Component;

/**
 * Images that are given labels of clusters while a run trains, for DeepCluster and ODC: ImageNet-1k or any folder of images, listed as ImageNet and CustomDataset do. A sample
 * has the newest label in its field {@code clustering_label}, -1 before there is one; DeepClusterHook assigns them.
 */
public final class DeepClusterImageNet {
    private DeepClusterImageNet() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "DeepClusterImageNet")
    public static final class Factory implements ComponentFactory<Dataset, FolderConfig> {
        @Override
        public Dataset create(FolderConfig config) {
            return () -> config.images().clustered();
        }
    }
}
