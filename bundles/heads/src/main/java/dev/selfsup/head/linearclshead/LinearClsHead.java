package dev.selfsup.head.linearclshead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.SingleClassifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * One linear layer on the last features of an image and its loss: linear evaluation and fine-tuning. Inputs: features [N, C], of which the last count; labels [N]
 * or probabilities [N, K]. Output: the loss.
 */
public final class LinearClsHead implements Head {
    /**
     * Options of the head.
     *
     * @param numClasses classes, K
     * @param inChannels features of an image, C
     * @param initCfg rules for the first values of the weights; null for those of a linear layer
     * @param loss compares scores [N, K] with labels
     * @param topk how many of the highest scores count as right for each accuracy
     * @param calAcc whether accuracies are computed in training
     */
    public record Config(int numClasses, int inChannels, @Default("{type: Normal, layer: Linear, std: 0.01}") Optional<List<Initializer>> initCfg,
            @Default("{type: mmcls.CrossEntropyLoss, loss_weight: 1.0}") Loss loss, @Default("[1]") List<Integer> topk,
            @Default("false") boolean calAcc) {
        public Config {
            check(numClasses > 0 && inChannels > 0, "num_classes and in_channels must be positive, not %d and %d", numClasses, inChannels);
            int classes = numClasses;
            check(!calAcc || topk.stream().allMatch(k -> k > 0 && k <= classes), "topk must be from 1 to num_classes, not %s", topk);
        }
    }

    private final Config config;

    private LinearClsHead(Config config) {
        this.config = config;
    }

    @Override
    public Classifier build(Graph place) {
        Graph graph = place.initialized(config.initCfg().orElse(List.of()));
        Layer fc = Linear.build(graph.in("fc"), config.inChannels(), config.numClasses(), true);
        return new SingleClassifier(graph, x -> {
            long[] shape = graph.shape(x);
            check(shape.length == 2 && shape[1] == config.inChannels(), "in_channels is %d, but LinearClsHead gets features %s instead of [N, %d]: set in_channels, "
                    + "or neck: {type: GlobalAveragePooling} where they have places", config.inChannels(), Arrays.toString(shape), config.inChannels());
            return fc.apply(x);
        }, config.loss().build(graph.in("loss_module")), config.calAcc() ? config.topk() : List.of());
    }

    /** {@code mmcls.LinearClsHead}. */
    @Component
    @TypeName(kind = "head", name = "LinearClsHead", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new LinearClsHead(config);
        }
    }
}
