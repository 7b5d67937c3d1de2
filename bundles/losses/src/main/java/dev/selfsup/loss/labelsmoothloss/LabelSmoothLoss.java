package dev.selfsup.loss.labelsmoothloss;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.CrossEntropy;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** Cross entropy with smoothed targets (Szegedy et al. 2016): logits [N, K]; class labels [N] or probabilities [N, K]. */
public final class LabelSmoothLoss implements Loss {
    /** How targets are smoothed by e over K classes. */
    public enum Mode {
        /** {@code (1 - e) t + e / K}. */
        ORIGINAL,
        /** {@code (t + e / K) / (1 + e)}. */
        CLASSY_VISION,
        /** {@code 1 - e} for the given classes, {@code e} for others, each by a sigmoid. */
        MULTI_LABEL
    }

    /**
     * Options of the loss.
     *
     * @param labelSmoothVal e, at least 0 and below 1
     * @param numClasses K; by default as many as logits
     * @param mode how targets are smoothed
     * @param reduction none, mean or sum
     * @param lossWeight factor on the loss
     */
    public record Config(double labelSmoothVal, Optional<Integer> numClasses, @Default("original") Mode mode,
            @Default("mean") CrossEntropy.Reduction reduction, @Default("1.0") double lossWeight) {
        public Config {
            check(labelSmoothVal >= 0 && labelSmoothVal < 1, "label_smooth_val must be at least 0 and below 1, not %s", labelSmoothVal);
        }
    }

    private final Config config;

    private LabelSmoothLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> List.of(loss(graph, in.get(0), in.get(1))));
    }

    private SDVariable loss(Graph graph, SDVariable logits, SDVariable labels) {
        SDVariable targets = smooth(CrossEntropy.targets(graph, logits, labels), graph.shape(logits)[1]);   // [N, K]
        SDVariable loss = config.mode() == Mode.MULTI_LABEL
                ? CrossEntropy.sigmoid(graph, logits, targets, List.of(), List.of())
                : CrossEntropy.softmax(graph, logits, targets, List.of());
        SDVariable reduced = config.reduction().of(loss);
        return config.lossWeight() == 1 ? reduced : reduced.mul(config.lossWeight());
    }

    private SDVariable smooth(SDVariable targets, long width) {
        double e = config.labelSmoothVal();
        double share = e / config.numClasses().orElse((int) width);
        return switch (config.mode()) {
            case ORIGINAL -> targets.mul(1 - e).add(share);
            case CLASSY_VISION -> targets.add(share).div(1 + e);
            case MULTI_LABEL -> targets.mul(1 - 2 * e).add(e);
        };
    }

    /** {@code mmcls.LabelSmoothLoss}. */
    @Component
    @TypeName(kind = "loss", name = "LabelSmoothLoss", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new LabelSmoothLoss(config);
        }
    }
}
