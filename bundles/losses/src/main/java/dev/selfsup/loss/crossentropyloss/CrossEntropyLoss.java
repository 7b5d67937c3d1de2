package dev.selfsup.loss.crossentropyloss;

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

/**
 * Cross entropy of logits [N, K] and targets: class labels [N] or probabilities [N, K]. A third input, if given, holds a factor for each
 * sample, [N]: that of its class where the factors of classes change during a run. The mean is over samples, also where they or classes are weighted.
 */
public final class CrossEntropyLoss implements Loss {
    /**
     * Options of the loss.
     *
     * @param useSigmoid every class alone, by a sigmoid, instead of a softmax over classes
     * @param useSoft targets are probabilities
     * @param reduction none, mean or sum
     * @param lossWeight factor on the loss
     * @param classWeight factor per class
     * @param posWeight factor on the positive part per class, with use_sigmoid
     */
    public record Config(@Default("false") boolean useSigmoid, @Default("false") boolean useSoft,
            @Default("mean") CrossEntropy.Reduction reduction, @Default("1.0") double lossWeight, Optional<List<Double>> classWeight,
            Optional<List<Double>> posWeight) {
        public Config {
            check(!(useSigmoid && useSoft), "use_sigmoid and use_soft exclude each other");
            check(useSigmoid || posWeight.isEmpty(), "pos_weight needs use_sigmoid: true");
        }
    }

    private final Config config;

    private CrossEntropyLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return new CrossEntropy.Built(graph, this::loss);
    }

    private SDVariable loss(Graph graph, List<SDVariable> in, boolean overImages) {
        SDVariable logits = in.get(0);
        SDVariable targets = CrossEntropy.targets(graph, logits, in.get(1));         // [N, K]
        List<Double> weights = config.classWeight().orElse(List.of());
        SDVariable loss = config.useSigmoid()
                ? CrossEntropy.sigmoid(graph, logits, targets, weights, config.posWeight().orElse(List.of()))
                : CrossEntropy.softmax(graph, logits, targets, weights);
        SDVariable weighted = CrossEntropy.perSample(graph, loss, in);
        SDVariable reduced = overImages && config.reduction() == CrossEntropy.Reduction.MEAN ? CrossEntropy.meanOverImages(graph, weighted)
                : config.reduction().of(weighted);
        return config.lossWeight() == 1 ? reduced : reduced.mul(config.lossWeight());
    }

    /** {@code mmcls.CrossEntropyLoss}. */
    @Component
    @TypeName(kind = "loss", name = "CrossEntropyLoss", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new CrossEntropyLoss(config);
        }
    }
}
