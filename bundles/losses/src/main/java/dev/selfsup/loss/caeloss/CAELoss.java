package dev.selfsup.loss.caeloss;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Detach;
import dev.selfsup.layers.CrossEntropy;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Losses of CAE (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>). Inputs: scores of visual words [R, V], the right words int64 [R], predicted features
 * [N, M, C] and those of the teacher, through which no gradient flows. Outputs: the cross entropy of the words, and the mean square of the features' difference by a factor.
 */
public final class CAELoss implements Loss {
    /**
     * Options of the loss.
     *
     * @param lambd factor on the second loss
     */
    public record Config(double lambd) {}

    private final Config config;

    private CAELoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> {
            SDVariable words = CrossEntropy.softmax(graph, in.get(0), CrossEntropy.targets(graph, in.get(0), in.get(1)), List.of()).mean();
            SDVariable difference = in.get(2).sub(graph.apply(new Detach(), in.get(3)));           // [N, M, C]
            return List.of(words, graph.math().square(difference).mean().mul(config.lambd()));
        });
    }

    /** {@code CAELoss}. */
    @Component
    @TypeName(kind = "loss", name = "CAELoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new CAELoss(config);
        }
    }
}
