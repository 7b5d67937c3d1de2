package dev.selfsup.head.visiontransformerclshead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.SingleClassifier;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * A classifier of the class token of a vision transformer (Dosovitskiy et al. 2021), and its loss: one linear layer, or a hidden one before it. Inputs: the patches
 * [N, C, H, W] and the class token [N, C] of the last layer; labels [N] or probabilities [N, K]. Output: the loss.
 */
public final class VisionTransformerClsHead implements Head {
    /**
     * Options of the head.
     *
     * @param numClasses classes, K
     * @param inChannels features of the class token, C
     * @param hiddenDim width of the hidden layer; by default there is none
     * @param actCfg activation of the hidden layer
     * @param initCfg rules for the first values of the weights; the hidden layer has values of its own
     * @param loss compares scores [N, K] with labels
     * @param topk how many of the highest scores count as right for each accuracy
     * @param calAcc whether accuracies are computed in training
     */
    public record Config(int numClasses, int inChannels, Optional<Integer> hiddenDim, @Default("{type: Tanh}") Activation actCfg,
            @Default("{type: Constant, layer: Linear, val: 0}") Optional<List<Initializer>> initCfg,
            @Default("{type: mmcls.CrossEntropyLoss, loss_weight: 1.0}") Loss loss, @Default("[1]") List<Integer> topk,
            @Default("false") boolean calAcc) {
        public Config {
            check(numClasses > 0 && inChannels > 0, "num_classes and in_channels must be positive, not %d and %d", numClasses, inChannels);
            check(hiddenDim.orElse(1) > 0, "hidden_dim must be positive, not %d", hiddenDim.orElse(1));
            int classes = numClasses;
            check(!calAcc || topk.stream().allMatch(k -> k > 0 && k <= classes), "topk must be from 1 to num_classes, not %s", topk);
        }
    }

    /** The hidden layer begins at a deviation of sqrt(1 / C) whatever the rules of the config say. */
    private record Hidden(int inChannels) implements Initialization {
        @Override
        public Optional<Fill> fill(Weight weight) {
            return Optional.of(weight.name().equals("bias") ? Fill.ZEROS : Fill.truncatedNormal(0, Math.sqrt(1.0 / inChannels), -2, 2));
        }
    }

    private final Config config;

    private VisionTransformerClsHead(Config config) {
        this.config = config;
    }

    @Override
    public Classifier build(Graph place) {
        Graph graph = place.initialized(config.initCfg().orElse(List.of()));
        Layer classifier = classifier(graph.in("layers"));
        return new SingleClassifier(graph, x -> {
            long[] shape = graph.shape(x);
            check(shape.length == 2 && shape[1] == config.inChannels(), "in_channels is %d, but VisionTransformerClsHead gets features %s instead of [N, %d]: set "
                    + "in_channels, and output_cls_token: true in the backbone", config.inChannels(), Arrays.toString(shape), config.inChannels());
            return classifier.apply(x);
        }, config.loss().build(graph.in("loss_module")), config.calAcc() ? config.topk() : List.of());
    }

    private Layer classifier(Graph graph) {
        if (config.hiddenDim().isEmpty()) {
            return Linear.build(graph.in("head"), config.inChannels(), config.numClasses(), true);
        }
        int hidden = config.hiddenDim().get();
        Graph first = graph.in("pre_logits").initialized(List.of(new Hidden(config.inChannels())));
        return Linear.build(first, config.inChannels(), hidden, true).then(config.actCfg().build(graph.in("act")))
                .then(Linear.build(graph.in("head"), hidden, config.numClasses(), true));
    }

    /** {@code mmcls.VisionTransformerClsHead}. */
    @Component
    @TypeName(kind = "head", name = "VisionTransformerClsHead", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new VisionTransformerClsHead(config);
        }
    }
}
