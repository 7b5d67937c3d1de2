package dev.selfsup.config;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.layers.Pooling;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A configuration file of images whose features are looked at, bound: those of kNN, of SVMs and of t-SNE. No run is made of it; what a run has beside these keys is not read.
 *
 * @param model the network, where the file is not used together with that of one
 * @param trainDataloader images that vote in kNN
 * @param valDataloader images that are classified by them
 * @param extractDataloader images whose features are written or drawn; the reference calls its dataset {@code extract_dataset} in some files
 * @param splitAt numbers of the images at which each but the first part begins
 * @param splitName names of the parts, one more than places to split at
 * @param poolCfg how the features of a layer become a row for each image
 */
public record FeaturesConfig(Optional<Algorithm> model, Optional<LoaderConfig> trainDataloader, Optional<LoaderConfig> valDataloader,
        Optional<LoaderConfig> extractDataloader, @Default("[]") List<Integer> splitAt, @Default("[]") List<String> splitName, Optional<Pooling> poolCfg) {
    private static final String EXTRACT = "extract_dataloader";
    private static final String POOL = "pool_cfg";
    private static final String THEIRS = "extract_dataset";
    private static final String OURS = "dataset";

    public FeaturesConfig {
        check(extractDataloader.isPresent() || trainDataloader.isPresent() && valDataloader.isPresent(),
                "extract_dataloader must be given, or both train_dataloader and val_dataloader: images whose features are looked at");
        int splits = Math.max(0, splitName.size() - 1);
        check(splitAt.size() == splits, "split_at must have a place for every name of split_name but the first, %d, not %d", splits, splitAt.size());
    }

    /** Whether a file is one of these, and no run. */
    public static boolean describes(Config config) {
        return config.find(EXTRACT).isPresent() || config.find(POOL).isPresent();
    }

    /**
     * Binds a configuration file.
     *
     * @param config the configuration
     * @param components what types can be named
     * @return the record, everything in it built
     * @throws dev.selfsup.api.run.UsageException with all mistakes found, one a line
     */
    public static FeaturesConfig of(Config config, Components components) {
        Config prepared = RunKeys.prepare(config);
        Map<String, Node.Entry> entries = new LinkedHashMap<>(prepared.root().entries());
        Set<String> ofRuns = keys(RunConfig.class);
        ofRuns.removeAll(keys(FeaturesConfig.class));
        entries.keySet().removeAll(ofRuns);
        entries.computeIfPresent(EXTRACT, (key, entry) -> new Node.Entry(entry.key(), loader(entry.value())));
        return prepared.bind(prepared.root().with(entries), FeaturesConfig.class, components);
    }

    private static Set<String> keys(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents()).map(RecordBinder::key).collect(Collectors.toSet());
    }

    private static Node loader(Node given) {
        if (!(given instanceof Node.Mapping mapping) || mapping.get(THEIRS).isEmpty() || mapping.get(OURS).isPresent()) {
            return given;
        }
        Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
        entries.put(OURS, entries.remove(THEIRS));
        return mapping.with(entries);
    }
}
