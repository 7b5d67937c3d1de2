package dev.selfsup.loss.labelsmoothloss;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Detach;
import dev.selfsup.layers.CrossEntropy;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Cross entropy with smoothed targets (Szegedy et al. 2016): logits [N, K]; class labels [N] or probabilities [N, K]. A third input, if given, holds a
 * factor for each sample, [N].
 */
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
     * @param useSigmoid every class alone, by a sigmoid, instead of a softmax over classes; by default where the mode is {@code multi_label}
     * @param mode how targets are smoothed
     * @param reduction has no effect, as in the reference: the loss is the mean
     * @param lossWeight factor on the loss
     */
    public record Config(double labelSmoothVal, Optional<Integer> numClasses, Optional<Boolean> useSigmoid, @Default("original") Mode mode,
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
        return new CrossEntropy.Built(graph, this::loss);
    }

    private SDVariable loss(Graph graph, List<SDVariable> in, boolean overImages) {
        SDVariable logits = in.get(0);
        int classes = Math.toIntExact(graph.shape(logits)[1]);
        check(config.numClasses().orElse(classes) == classes, "num_classes is %d, but there are logits of %d classes", config.numClasses().orElse(classes), classes);
        SDVariable targets = smooth(graph, CrossEntropy.targets(graph, logits, in.get(1)), classes);        // [N, K]
        SDVariable loss = config.useSigmoid().orElse(config.mode() == Mode.MULTI_LABEL)
                ? CrossEntropy.sigmoid(graph, logits, targets, List.of(), List.of())
                : CrossEntropy.softmax(graph, logits, targets, List.of());
        SDVariable weighted = CrossEntropy.perSample(graph, loss, in);
        SDVariable mean = overImages ? CrossEntropy.meanOverImages(graph, weighted) : weighted.mean();
        return config.lossWeight() == 1 ? mean : mean.mul(config.lossWeight());
    }

    private SDVariable smooth(Graph graph, SDVariable targets, int classes) {
        double e = config.labelSmoothVal();
        return switch (config.mode()) {
            case ORIGINAL -> targets.mul(1 - e).add(e / classes);
            case CLASSY_VISION -> targets.add(e / classes).div(1 + e);
            case MULTI_LABEL -> graph.math().sign(graph.apply(new Detach(), targets)).mul(1 - 2 * e).add(e);
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
