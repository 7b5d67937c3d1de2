package dev.selfsup.head.milanpretrainhead;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * Compares predicted features with those of a frozen network (Hou et al. 2022, <a href="https://arxiv.org/abs/2208.06049">arXiv:2208.06049</a>). Inputs: predictions [N, L, D], targets
 * [N, L, D] and, where not all of them count, a mask [N, L], 1 where they do; output: the loss.
 */
public final class MILANPretrainHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss of predictions and targets, and of the mask where there is one
     */
    public record Config(Loss loss) {}

    private final Config config;

    private MILANPretrainHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return inputs -> graph.call(inputs, in -> List.of(loss.apply(in).get(0)));
    }

    /** {@code MILANPretrainHead}. */
    @Component
    @TypeName(kind = "head", name = "MILANPretrainHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new MILANPretrainHead(config);
        }
    }
}
