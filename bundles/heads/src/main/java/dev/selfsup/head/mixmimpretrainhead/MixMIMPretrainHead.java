package dev.selfsup.head.mixmimpretrainhead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.layers.PixelTargets;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Loss of MixMIM (Liu et al. 2022, <a href="https://arxiv.org/abs/2205.13137">arXiv:2205.13137</a>): of each image the patches that its mix did not show, as predicted, and those that another mix did
 * not show of it. Inputs: predictions [2 N, L, P * P * 3] of both images of each mix, images [N, 3, H, W], mask [1, L, 1], 1 where a mix shows the other image; output: the loss.
 */
public final class MixMIMPretrainHead implements Head {
    private static final int COLOURS = 3;

    /**
     * Options of the head.
     *
     * @param loss of predictions and targets
     * @param normPix whether each target patch is brought to mean 0 and variance 1
     * @param patchSize accepted and without effect: patches are of the size that is predicted, the decoder's encoder_stride
     */
    public record Config(Loss loss, @Default("false") boolean normPix, @Default("16") int patchSize) {}

    private final Config config;

    private MixMIMPretrainHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return inputs -> graph.call(inputs, in -> {
            SDVariable target = targets(graph, in.get(0)).of(graph, in.get(1));                    // [N, L, P * P * 3]
            return List.of(loss.of(unmixed(graph, in.get(0), in.get(2)), target));
        });
    }

    private PixelTargets targets(Graph graph, SDVariable predictions) {
        long values = graph.shape(predictions)[2];
        int size = (int) Math.round(Math.sqrt((double) values / COLOURS));
        check((long) size * size * COLOURS == values, "predictions of MixMIMPretrainHead must be those of square patches of three colours, not %d values", values);
        return new PixelTargets(size, config.normPix());
    }

    /** Predictions of what each image's mix hid of it, and, from the mix in its place from the end, of what the other one hid. */
    private static SDVariable unmixed(Graph graph, SDVariable predictions, SDVariable mask) {
        long[] shape = graph.shape(predictions);                                                   // [2 N, L, D]
        int images = (int) shape[0] / 2;
        SDVariable rows = predictions.reshape(shape[0], shape[1] * shape[2]);
        MoveRows first = new MoveRows(IntStream.range(0, images).toArray(), 2 * images);
        MoveRows second = new MoveRows(IntStream.range(0, images).map(i -> 2 * images - 1 - i).toArray(), 2 * images);
        SDVariable own = graph.apply(first, rows).reshape(images, shape[1], shape[2]);
        SDVariable other = graph.apply(second, rows).reshape(images, shape[1], shape[2]);
        return own.mul(mask).add(other.mul(mask.rsub(1)));
    }

    /** {@code MixMIMPretrainHead}. */
    @Component
    @TypeName(kind = "head", name = "MixMIMPretrainHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new MixMIMPretrainHead(config);
        }
    }
}
