package dev.selfsup.transform.packselfsupinputs;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Ends a pipeline: keeps the images and the fields that the algorithm asks for, under their own names, and drops all
 * others. {@code sample_idx} and {@code gt_label} become fields of one whole number each.
 */
public final class PackSelfSupInputs implements Transform {
    private static final List<String> ALGORITHM_KEYS = List.of("gt_label", "sample_idx", "mask", "pred_label");
    /** What only pictures of the reference use; ours show the patches themselves. */
    private static final String WHOLE_IMAGE = "unpatched_img";
    private final Config config;

    /**
     * What to keep.
     *
     * @param key the images; always {@code img}
     * @param algorithmKeys fields that algorithms use: {@code gt_label}, {@code sample_idx}, {@code mask}, {@code pred_label}
     * @param pseudoLabelKeys fields that are labels made by a transform or by clustering; {@code unpatched_img} has no effect
     * @param metaKeys facts about the image, as {@code img_path}; a sample always has its path and index
     */
    public record Config(@Default("img") String key, @Default("[]") List<String> algorithmKeys,
            @Default("[]") List<String> pseudoLabelKeys, @Default("[]") List<String> metaKeys) {
        public Config {
            algorithmKeys = List.copyOf(algorithmKeys);
            pseudoLabelKeys = List.copyOf(pseudoLabelKeys);
            metaKeys = List.copyOf(metaKeys);
            check(key.equals("img"), "key must be img, not %s", key);
            check(ALGORITHM_KEYS.containsAll(algorithmKeys), "algorithm_keys must be among %s, not %s", ALGORITHM_KEYS, algorithmKeys);
        }
    }

    /** From a config. */
    public PackSelfSupInputs(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Map<String, Sample.Field> fields = sample.fields();
        if (config.algorithmKeys.contains("sample_idx")) {
            fields.put("sample_idx", new Sample.Field(new double[] {sample.index()}, true));
        }
        if (config.algorithmKeys.contains("gt_label") && sample.label().isPresent()) {
            fields.put("gt_label", new Sample.Field(new double[] {sample.label().getAsInt()}, true));
        }
        Set<String> wanted = new HashSet<>(config.algorithmKeys);
        wanted.addAll(config.pseudoLabelKeys);
        wanted.remove(WHOLE_IMAGE);
        for (String name : wanted) {
            if (!fields.containsKey(name)) {
                throw new UsageException("PackSelfSupInputs: " + name
                        + " is asked for, but neither the dataset nor a transform before gives it;"
                        + " remove it from algorithm_keys or pseudo_label_keys, or add what makes it");
            }
        }
        fields.keySet().retainAll(wanted);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "PackSelfSupInputs")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new PackSelfSupInputs(config);
        }
    }
}
