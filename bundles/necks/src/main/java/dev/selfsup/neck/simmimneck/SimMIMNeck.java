package dev.selfsup.neck.simmimneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Conv2d;
import dev.selfsup.layers.StageFeatures;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Decoder of SimMIM (Xie et al. 2022, <a href="https://arxiv.org/abs/2111.09886">arXiv:2111.09886</a>), no more than a linear map: from features [N, C, H, W] each to the pixels that it stands
 * for, [N, 3, S * H, S * W]. Weights {@code decoder.0}.
 */
public final class SimMIMNeck implements Neck {
    private static final int COLOURS = 3;

    /**
     * Options of the decoder.
     *
     * @param inChannels channels of the features, C
     * @param encoderStride rows and columns of pixels that a feature stands for, S
     */
    public record Config(int inChannels, int encoderStride) {
        public Config {
            check(inChannels > 0 && encoderStride > 0, "in_channels and encoder_stride must be positive, not %d and %d", inChannels, encoderStride);
        }
    }

    private final Config config;

    private SimMIMNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        int stride = config.encoderStride();
        Layer pixels = new Conv2d(config.inChannels(), stride * stride * COLOURS, 1, 1, 0, 1, 1, true).build(graph.in("decoder").in("0"));
        return features -> graph.call(features, in -> {
            SDVariable values = pixels.apply(StageFeatures.only("SimMIMNeck", in));                // [N, 3 * S * S, H, W]
            long[] shape = graph.shape(values);
            return List.of(values.reshape(shape[0], COLOURS, stride, stride, shape[2], shape[3]).permute(0, 1, 4, 2, 5, 3)
                    .reshape(shape[0], COLOURS, shape[2] * stride, shape[3] * stride));
        });
    }

    /** {@code SimMIMNeck}. */
    @Component
    @TypeName(kind = "neck", name = "SimMIMNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new SimMIMNeck(config);
        }
    }
}
