package dev.selfsup.runtime.analysis;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a config names images to look at. */
final class DatasetKey {
    private static final List<String> USUAL = List.of("extract_dataloader.extract_dataset", "extract_dataloader.dataset", "test_dataloader.dataset", "val_dataloader.dataset");

    private DatasetKey() {}

    /** The path of the config's KnnHook. */
    static String hook(Path file, Config config) {
        return hook(config).orElseThrow(() -> new UsageException(file + " has no KnnHook among its custom_hooks, which would name the labelled images to compare: add\n"
                + "custom_hooks: [{type: KnnHook, bank: {...}, queries: {...}}], as configs/quickstart/_base_/photos.yaml does, or give --dataset-config"));
    }

    /**
     * The dataset to look at: the one that is asked for, else that of a loader for features or tests, else the queries of a KnnHook.
     *
     * @param asked key of the user, or null
     */
    static String of(Path file, Config config, String asked) {
        if (asked != null && config.find(asked).isEmpty()) {
            throw new UsageException(file + " has no " + asked + "; name the images with --dataset KEY, as val_dataloader.dataset");
        }
        return Stream.concat(Stream.ofNullable(asked), USUAL.stream().filter(key -> config.find(key).isPresent())).findFirst()
                .or(() -> hook(config).map(hook -> hook + ".queries"))
                .orElseThrow(() -> new UsageException(file + " has no " + String.join(", ", USUAL) + " and no KnnHook: name the images with --dataset KEY"));
    }

    private static Optional<String> hook(Config config) {
        if (config.find("custom_hooks").orElse(null) instanceof Node.Sequence list) {
            for (int i = 0; i < list.elements().size(); i++) {
                String path = "custom_hooks." + i;
                if (config.find(path + ".type").filter(DatasetKey::namesKnnHook).isPresent()) {
                    return Optional.of(path);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean namesKnnHook(Node type) {
        return type instanceof Node.Scalar name && name.text().substring(name.text().lastIndexOf('.') + 1).equals("KnnHook");
    }
}
