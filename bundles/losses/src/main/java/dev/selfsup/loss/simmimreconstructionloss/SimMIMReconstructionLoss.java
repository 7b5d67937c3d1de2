package dev.selfsup.loss.simmimreconstructionloss;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ToReal;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Mean absolute difference of masked pixels (Xie et al. 2022, <a href="https://arxiv.org/abs/2111.09886">arXiv:2111.09886</a>): predictions and targets [N, C, H, W], mask [N, 1, H, W]: 1 where a
 * pixel counts, else 0.
 */
public final class SimMIMReconstructionLoss implements Loss {
    private static final double EPSILON = 1e-5;

    /**
     * Options of the loss.
     *
     * @param encoderInChannels channels of the images, for all of which the mask is the same
     */
    public record Config(int encoderInChannels) {
        public Config {
            check(encoderInChannels > 0, "encoder_in_channels must be positive, not %d", encoderInChannels);
        }
    }

    private final Config config;

    private SimMIMReconstructionLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> {
            SDVariable mask = in.get(2).dataType().isFPType() ? in.get(2) : graph.apply(new ToReal(), in.get(2));
            SDVariable error = graph.math().abs(in.get(1).sub(in.get(0)));                         // [N, C, H, W]
            return List.of(error.mul(mask).sum().div(mask.sum().add(EPSILON)).div(config.encoderInChannels()));
        });
    }

    /** {@code SimMIMReconstructionLoss}. */
    @Component
    @TypeName(kind = "loss", name = "SimMIMReconstructionLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new SimMIMReconstructionLoss(config);
        }
    }
}
