package dev.selfsup.head.simmimhead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherRows;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.service.component.annotations.Component;

/**
 * Loss of SimMIM (Xie et al. 2022, <a href="https://arxiv.org/abs/2111.09886">arXiv:2111.09886</a>): predicted pixels against those of the image where it is masked. Inputs: predictions and images
 * [N, 3, H, W], mask [N, H / P, W / P], 1 where a patch is masked; output: the loss.
 */
public final class SimMIMHead implements Head {
    /**
     * Options of the head.
     *
     * @param patchSize height and width of a patch of the mask, P
     * @param loss of predictions, images and the mask of pixels [N, 1, H, W]
     */
    public record Config(int patchSize, Loss loss) {
        public Config {
            check(patchSize > 0, "patch_size must be positive, not %d", patchSize);
        }
    }

    private final Config config;

    private SimMIMHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return inputs -> graph.call(inputs, in -> List.of(loss.of(in.get(0), in.get(1), pixels(graph, in.get(2), graph.shape(in.get(1))))));
    }

    /** The mask of pixels, [N, 1, H, W]. */
    private SDVariable pixels(Graph graph, SDVariable mask, long... images) {
        long[] shape = graph.shape(mask);
        int size = config.patchSize();
        check(shape[1] * size == images[2] && shape[2] * size == images[3], "patch_size %d times the mask's %dx%d patches must be the images' size, not %dx%d", size,
                shape[1], shape[2], images[2], images[3]);
        long[] places = new long[Math.toIntExact(images[0] * images[2] * images[3])];
        for (int i = 0; i < places.length; i++) {
            long row = i / images[3] % images[2] / size;
            long column = i % images[3] / size;
            places[i] = (i / (images[2] * images[3]) * shape[1] + row) * shape[2] + column;
        }
        SDVariable rows = mask.reshape(shape[0] * shape[1] * shape[2], 1);
        return graph.apply(new GatherRows(), rows, graph.constant(Nd4j.createFromArray(places))).reshape(images[0], 1, images[2], images[3]);
    }

    /** {@code SimMIMHead}. */
    @Component
    @TypeName(kind = "head", name = "SimMIMHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new SimMIMHead(config);
        }
    }
}
