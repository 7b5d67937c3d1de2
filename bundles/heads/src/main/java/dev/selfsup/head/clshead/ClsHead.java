package dev.selfsup.head.clshead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.layers.Linear;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * A linear classifier and its loss. Inputs: features [N, C, H, W] or [N, C], of a vision transformer its class token; labels [N] or what else the loss takes
 * for targets; and, if given, a factor for each sample, [N]. Output: the loss.
 */
public final class ClsHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss compares scores [N, K] with labels
     * @param withAvgPool whether features are averaged over the image first; without it all their values are classified
     * @param inChannels features of an image
     * @param numClasses classes, K
     * @param vitBackbone whether the backbone gives a class token, which is then classified
     * @param initCfg rules for the first values of the weights
     */
    public record Config(Loss loss, @Default("false") boolean withAvgPool, @Default("2048") int inChannels, @Default("1000") int numClasses,
            @Default("false") boolean vitBackbone,
            @Default("[{type: Normal, std: 0.01, layer: Linear}, {type: Constant, val: 1, layer: [_BatchNorm, GroupNorm]}]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0 && numClasses > 0, "in_channels and num_classes must be positive, not %d and %d", inChannels, numClasses);
            check(!(withAvgPool && vitBackbone), "with_avg_pool must be false with vit_backbone: a class token has no places");
        }
    }

    private final Config config;

    private ClsHead(Config config) {
        this.config = config;
    }

    @Override
    public Classifier build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer fc = Linear.build(graph.in("fc_cls"), config.inChannels(), config.numClasses(), true);
        return new Built(graph, x -> fc.apply(flat(graph, x)), config.loss().build(graph.in("loss")));
    }

    /** Features as rows, [N, C]. */
    private SDVariable flat(Graph graph, SDVariable features) {
        long[] shape = graph.shape(features);
        check(!config.withAvgPool() || shape.length == 4, "with_avg_pool needs features [N, C, H, W], not %s: set with_avg_pool: false", Arrays.toString(shape));
        SDVariable x = config.withAvgPool() ? graph.apply(new GlobalAveragePool(), features) : features;
        long values = Arrays.stream(graph.shape(x)).skip(1).reduce(1, (a, b) -> a * b);
        check(values == config.inChannels(), "in_channels is %d, but an image has %d features", config.inChannels(), values);
        return graph.shape(x).length == 2 ? x : x.reshape(shape[0], values);
    }

    private record Built(Graph graph, Layer classifier, Loss.Function loss) implements Classifier {
        @Override
        public List<SDVariable> apply(List<SDVariable> inputs) {
            return graph.call(inputs, in -> {
                SDVariable scores = classifier.apply(in.get(0));                      // [N, K]
                return loss.apply(in.size() < 3 ? List.of(scores, in.get(1)) : List.of(scores, in.get(1), in.get(2)));
            });
        }

        @Override
        public List<SDVariable> scores(List<SDVariable> features) {
            return List.of(classifier.apply(features.get(0)));
        }
    }

    /** {@code ClsHead}. */
    @Component
    @TypeName(kind = "head", name = "ClsHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new ClsHead(config);
        }
    }
}
