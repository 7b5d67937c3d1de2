package dev.selfsup.head.contrastivehead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.service.component.annotations.Component;

/**
 * InfoNCE (van den Oord et al. 2018, <a href="https://arxiv.org/abs/1807.03748">arXiv:1807.03748</a>): the similarity of a positive pair is classified against those
 * of negative pairs. Inputs: positive [N, 1], negative [N, K]; output: the loss.
 */
public final class ContrastiveHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss classifies [N, 1 + K] logits, class 0 being right
     * @param temperature divides the similarities
     */
    public record Config(Loss loss, @Default("0.1") double temperature) {
        public Config {
            check(temperature > 0, "temperature must be positive, not %s", temperature);
        }
    }

    private final Config config;

    private ContrastiveHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return pairs -> graph.call(pairs, in -> {
            SDVariable logits = graph.concat(1, in.get(0), in.get(1)).div(config.temperature());       // [N, 1 + K]
            SDVariable labels = graph.constant(Nd4j.zeros(DataType.INT64, graph.shape(logits)[0]));    // [N]
            return List.of(loss.of(logits, labels));
        });
    }

    /** {@code ContrastiveHead}. */
    @Component
    @TypeName(kind = "head", name = "ContrastiveHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new ContrastiveHead(config);
        }
    }
}
