package dev.selfsup.transform.packclsinputs;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Ends a pipeline of a classifier: keeps the image and its label, the field {@code gt_label} of one whole number, and {@code gt_score} where a transform before has made
 * probabilities of all classes.
 */
public final class PackClsInputs implements Transform {
    private static final Set<String> KEPT = Set.of("gt_label", "gt_score", "gt_label_difficult");

    /**
     * What to keep.
     *
     * @param metaKeys facts about the image; a sample always has its path and index
     */
    public record Config(@Default("[sample_idx, img_path, ori_shape, img_shape, scale_factor, flip, flip_direction]") List<String> metaKeys) {}

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Map<String, Sample.Field> fields = sample.fields();
        fields.keySet().retainAll(KEPT);
        sample.label().ifPresent(label -> fields.putIfAbsent("gt_label", new Sample.Field(new double[] {label}, true)));
    }

    /** {@code mmcls.PackClsInputs}. */
    @Component
    @TypeName(kind = "transform", name = "PackClsInputs", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new PackClsInputs();
        }
    }
}
