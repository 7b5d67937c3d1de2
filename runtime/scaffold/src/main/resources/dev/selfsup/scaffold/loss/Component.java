package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Softmax;
import dev.selfsup.layers.CrossEntropy;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * The squared distance of the softmax to the truth (Brier 1950), which bounds what one wrong sample can do. Of logits [N, K] and targets: class labels [N] or
 * probabilities [N, K]. The mean is over samples.
 */
public final class __Type__ implements Loss {
    /**
     * Options of the loss.
     *
     * @param lossWeight factor on the loss
     */
    public record Config(@Default("1.0") double lossWeight) {
        public Config {
            check(lossWeight > 0, "loss_weight must be positive, not %s", lossWeight);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> List.of(loss(graph, in.get(0), in.get(1))));
    }

    private SDVariable loss(Graph graph, SDVariable logits, SDVariable labels) {
        SDVariable targets = CrossEntropy.targets(graph, logits, labels);                // [N, K]
        SDVariable distance = graph.apply(new Softmax(), logits).sub(targets);           // [N, K]
        return distance.mul(distance).sum(1).mean().mul(config.lossWeight());
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "loss", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new __Type__(config);
        }
    }
}
