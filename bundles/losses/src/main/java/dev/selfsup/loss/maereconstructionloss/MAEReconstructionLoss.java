package dev.selfsup.loss.maereconstructionloss;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Mean squared error of masked patches (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): predictions and
 * targets [N, L, D], mask [N, L]: 1 where a patch counts, else 0.
 */
public final class MAEReconstructionLoss implements Loss {
    /** No options. */
    public record Config() {}

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> {
            SDVariable error = graph.math().square(in.get(0).sub(in.get(1))).mean(2);              // [N, L]
            return List.of(error.mul(in.get(2)).sum().div(in.get(2).sum()));
        });
    }

    /** {@code MAEReconstructionLoss}. */
    @Component
    @TypeName(kind = "loss", name = "MAEReconstructionLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new MAEReconstructionLoss();
        }
    }
}
