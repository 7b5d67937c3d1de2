package dev.selfsup.head.maskfeatpretrainhead;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ToReal;
import dev.selfsup.engine.op.TokenRange;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Compares predicted features with those of the masked patches (Wei et al. 2022, <a href="https://arxiv.org/abs/2112.09133">arXiv:2112.09133</a>). Inputs: predictions of class
 * token and patches [N, 1 + L, D], targets [N, L, D], mask [N, H / P, W / P], 1 where a patch is masked; output: the loss.
 */
public final class MaskFeatPretrainHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss compares [N, L, D] with [N, L, D] where the mask [N, L] is 1
     */
    public record Config(Loss loss) {}

    private final Config config;

    private MaskFeatPretrainHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return inputs -> graph.call(inputs, in -> {
            long[] tokens = graph.shape(in.get(0));
            SDVariable patches = graph.apply(new TokenRange(1, tokens[1]), in.get(0));             // [N, L, D]
            SDVariable mask = graph.apply(new ToReal(), in.get(2)).reshape(tokens[0], tokens[1] - 1);
            return List.of(loss.of(patches, in.get(1), mask));
        });
    }

    /** {@code MaskFeatPretrainHead}. */
    @Component
    @TypeName(kind = "head", name = "MaskFeatPretrainHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new MaskFeatPretrainHead(config);
        }
    }
}
