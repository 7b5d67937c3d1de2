package dev.selfsup.dataset.cifar10;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.dataset.CifarConfig;
import dev.selfsup.dataset.CifarLayout;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** CIFAR-10 (Krizhevsky 2009): 60 000 images of 32x32 pixels in ten classes, from the files for Python or those for C programs. */
public final class CIFAR10 {
    private static final CifarLayout LAYOUT = new CifarLayout("cifar-10-batches-py", "cifar-10-batches-bin", List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"),
            List.of("test_batch"), "labels", 1, List.of(
                    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"));

    private CIFAR10() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "CIFAR10", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Dataset, CifarConfig> {
        @Override
        public Dataset create(CifarConfig config) {
            return () -> config.images(LAYOUT);
        }
    }
}
