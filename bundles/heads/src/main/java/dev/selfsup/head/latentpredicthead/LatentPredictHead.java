package dev.selfsup.head.latentpredicthead;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Detach;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * The prediction of one view's projection from the other's, in BYOL (Grill et al. 2020, <a href="https://arxiv.org/abs/2006.07733">arXiv:2006.07733</a>) and
 * SimSiam. Inputs: projection [N, C], target [N, C], through which no gradient flows; output: the loss.
 */
public final class LatentPredictHead implements Head {
    /**
     * Parts of the head.
     *
     * @param loss compares predictions [N, C] with targets [N, C]
     * @param predictor network from projections to predictions
     */
    public record Config(Loss loss, Neck predictor) {}

    private final Config config;

    private LatentPredictHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        Neck.Network predictor = config.predictor().build(graph.in("predictor"));
        return projections -> graph.call(projections, in -> {
            SDVariable prediction = predictor.apply(List.of(in.get(0))).get(0);      // [N, C]
            SDVariable target = graph.apply(new Detach(), in.get(1));                // [N, C]
            return List.of(loss.of(prediction, target));
        });
    }

    /** {@code LatentPredictHead}. */
    @Component
    @TypeName(kind = "head", name = "LatentPredictHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new LatentPredictHead(config);
        }
    }
}
