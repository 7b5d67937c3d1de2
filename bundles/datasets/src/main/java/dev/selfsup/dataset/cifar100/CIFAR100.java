package dev.selfsup.dataset.cifar100;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.dataset.CifarConfig;
import dev.selfsup.dataset.CifarLayout;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** CIFAR-100 (Krizhevsky 2009): 60 000 images of 32x32 pixels in a hundred classes, from the files for Python or those for C programs. */
public final class CIFAR100 {
    private static final CifarLayout LAYOUT = new CifarLayout("cifar-100-python", "cifar-100-binary", List.of("train"),
            List.of("test"), "fine_labels", 2, List.of(
                    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl", "boy", "bridge", "bus",
                    "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch",
                    "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house",
                    "kangaroo", "keyboard", "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle",
                    "mountain", "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
                    "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark",
                    "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower", "sweet_pepper", "table",
                    "tank", "telephone", "television", "tiger", "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree",
                    "wolf", "woman", "worm"));

    private CIFAR100() {}

    /** Publishes the type. */
    @Component
    @TypeName(kind = "dataset", name = "CIFAR100", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Dataset, CifarConfig> {
        @Override
        public Dataset create(CifarConfig config) {
            return () -> config.images(LAYOUT);
        }
    }
}
