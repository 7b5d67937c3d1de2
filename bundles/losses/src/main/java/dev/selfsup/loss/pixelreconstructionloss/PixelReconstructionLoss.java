package dev.selfsup.loss.pixelreconstructionloss;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ToReal;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Distance of a reconstruction from its target. Inputs: prediction and target of one shape, and perhaps a mask that says where it counts; of three dimensions [N, L, D] the
 * last is averaged first, and the mask is [N, L], else it is such as multiplies with the target's shape. Without a mask the mean of all; with one the sum of what counts, divided by
 * the sum of the mask and by {@code channel}.
 */
public final class PixelReconstructionLoss implements Loss {
    /**
     * Options of the loss.
     *
     * @param criterion {@code L1} for absolute differences, {@code L2} for their squares
     * @param channel divides the loss, for masks that are the same for this many channels; 1 by default
     */
    public record Config(String criterion, Optional<Integer> channel) {
        public Config {
            check(criterion.equals("L1") || criterion.equals("L2"), "criterion must be L1 or L2, not %s", criterion);
            check(channel.orElse(1) > 0, "channel must be positive, not %d", channel.orElse(1));
        }
    }

    private final Config config;

    private PixelReconstructionLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> {
            SDVariable difference = in.get(0).sub(in.get(1));
            SDVariable each = config.criterion().equals("L1") ? graph.math().abs(difference) : graph.math().square(difference);
            SDVariable error = graph.shape(each).length == 3 ? each.mean(2) : each;
            if (in.size() < 3) {
                return List.of(error.mean());
            }
            SDVariable mask = in.get(2).dataType().isFPType() ? in.get(2) : graph.apply(new ToReal(), in.get(2));
            return List.of(error.mul(mask).sum().div(mask.sum()).div(config.channel().orElse(1)));
        });
    }

    /** {@code PixelReconstructionLoss}. */
    @Component
    @TypeName(kind = "loss", name = "PixelReconstructionLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new PixelReconstructionLoss(config);
        }
    }
}
