package dev.selfsup.head.latentcrosscorrelationhead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.layers.BatchNorm;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Cross-correlation of the features of two views over the batch (Barlow Twins, Zbontar et al. 2021,
 * <a href="https://arxiv.org/abs/2103.03230">arXiv:2103.03230</a>). Inputs: features [N, D] of both views; output: the loss. Mean, variance and
 * correlation are those of the batch of all processes, as in the paper's code.
 */
public final class LatentCrossCorrelationHead implements Head {
    private static final double EPSILON = 1e-5;
    private static final double MOMENTUM = 0.1;

    /**
     * Options of the head.
     *
     * @param inChannels features D
     * @param loss of the cross-correlation matrix [D, D]
     */
    public record Config(int inChannels, Loss loss) {
        public Config {
            check(inChannels > 0, "in_channels must be positive, not %d", inChannels);
        }
    }

    private final Config config;

    private LatentCrossCorrelationHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Layer bn = new BatchNorm(LayerType.BATCH_NORM_1D, EPSILON, MOMENTUM, false, true).build(graph.in("bn"), config.inChannels());
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return views -> graph.call(views, in -> {
            long images = graph.shape(in.get(0))[0] * graph.collectives().size();
            SDVariable z1 = bn.apply(in.get(0));                                                       // [N, D]
            SDVariable z2 = bn.apply(in.get(1));                                                       // [N, D]
            SDVariable correlation = graph.allReduce(graph.matmul(z1, z2, true, false).div(images));   // [D, D]
            return List.of(loss.of(correlation));
        });
    }

    /** {@code LatentCrossCorrelationHead}. */
    @Component
    @TypeName(kind = "head", name = "LatentCrossCorrelationHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new LatentCrossCorrelationHead(config);
        }
    }
}
