package dev.selfsup.head.multiclshead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.MultiPooling;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * A linear classifier on each of several stages of a ResNet-50 (Goyal et al. 2019, <a href="https://arxiv.org/abs/1905.01235">arXiv:1905.01235</a>): average pooling
 * to about 9000 features, normalisation, one linear layer. Inputs: the features of the stages, each [N, C, H, W], then labels [N]. Output: the loss of
 * each classifier.
 */
public final class MultiClsHead implements Head {
    private static final int LAST = 4;
    /** Rows and columns of the last stage's features of an image of 224x224. */
    private static final int LAST_SIDE = 7;

    /**
     * Options of the head.
     *
     * @param backbone the network whose stages are classified: {@code resnet50}
     * @param inIndices stages, 0 being the stem
     * @param poolType pooling windows by number, {@code adaptive}, or by size, {@code specified}
     * @param numClasses classes, K
     * @param loss compares scores [N, K] with labels
     * @param withLastLayerUnpool whether one more classifier takes the last stage's features as they are, 7x7
     * @param calAcc whether accuracies are computed in training
     * @param topk how many of the highest scores count as right for each accuracy
     * @param normCfg normalisation: {@code BN}, {@code SyncBN}, {@code GN}, or {@code 'null'} for none
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("resnet50") String backbone, @Default("[0, 1, 2, 3, 4]") List<Integer> inIndices,
            @Default("adaptive") MultiPooling.Type poolType, @Default("1000") int numClasses,
            @Default("{type: mmcls.CrossEntropyLoss, loss_weight: 1.0}") Loss loss, @Default("false") boolean withLastLayerUnpool,
            @Default("false") boolean calAcc, @Shorthand @Default("1") List<Integer> topk, @Default("{type: BN}") Norm normCfg,
            @Default("[{type: Normal, std: 0.01, layer: Linear}, {type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg) {
        public Config {
            check(backbone.equals("resnet50"), "backbone must be resnet50, not %s", backbone);
            check(numClasses > 0, "num_classes must be positive, not %d", numClasses);
            int classes = numClasses;
            check(topk.stream().allMatch(k -> k > 0 && k <= classes), "topk must be from 1 to num_classes, not %s", topk);
            new MultiPooling(poolType, inIndices);
        }
    }

    private final Config config;

    private MultiClsHead(Config config) {
        this.config = config;
    }

    @Override
    public Classifier build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        List<Layer> classifiers = new ArrayList<>();
        for (int i = 0; i < config.inIndices().size(); i++) {
            int stage = config.inIndices().get(i);
            Layer norm = config.normCfg().build(graph.in("norms").in(Integer.toString(i)), MultiPooling.channels(stage));
            classifiers.add(norm.then(linear(graph, i, MultiPooling.features(stage))));
        }
        if (config.withLastLayerUnpool()) {
            classifiers.add(linear(graph, classifiers.size(), MultiPooling.channels(LAST) * LAST_SIDE * LAST_SIDE));
        }
        return new MultiClassifier(graph, config, classifiers, config.loss().build(graph.in("loss_module")));
    }

    /** A linear layer on features [N, C, H, W], flattened. */
    private Layer linear(Graph graph, int number, int features) {
        Layer fc = Linear.build(graph.in("fcs").in(Integer.toString(number)), features, config.numClasses(), true);
        return x -> fc.apply(x.reshape(graph.shape(x)[0], features));
    }

    /** {@code MultiClsHead}. */
    @Component
    @TypeName(kind = "head", name = "MultiClsHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new MultiClsHead(config);
        }
    }
}
