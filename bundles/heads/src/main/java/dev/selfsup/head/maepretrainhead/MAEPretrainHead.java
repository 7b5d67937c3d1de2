package dev.selfsup.head.maepretrainhead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Reconstruction;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.Patches;
import dev.selfsup.layers.PixelTargets;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Loss of masked autoencoders (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): predicted patches against those of
 * the image. Inputs: predictions [N, L, P * P * 3], images [N, 3, H, W], mask [N, L]; output: the loss.
 */
public final class MAEPretrainHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss of predictions, targets and mask
     * @param normPix whether each target patch is brought to mean 0 and variance 1
     * @param patchSize height and width of a patch, P
     */
    public record Config(Loss loss, @Default("false") boolean normPix, @Default("16") int patchSize) {
        public Config {
            check(patchSize > 0, "patch_size must be positive, not %d", patchSize);
        }
    }

    private final Config config;

    private MAEPretrainHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        PixelTargets targets = new PixelTargets(config.patchSize(), config.normPix());
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return new Network() {
            @Override
            public List<SDVariable> apply(List<SDVariable> inputs) {
                return graph.call(inputs, in -> List.of(loss.of(in.get(0), targets.of(graph, in.get(1)), in.get(2))));
            }

            @Override
            public Optional<Reconstruction> reconstruction(List<SDVariable> in) {
                return Optional.of(laidOut(graph, targets, in.get(0), in.get(1), in.get(2)));
            }
        };
    }

    private Reconstruction laidOut(Graph graph, PixelTargets targets, SDVariable prediction, SDVariable images, SDVariable mask) {
        Patches patches = new Patches(config.patchSize());
        long[] shape = graph.shape(images);
        SDVariable hidden = mask.reshape(shape[0], patches.rows(shape), patches.columns(shape));
        SDVariable target = patches.images(targets.of(graph, images), shape);
        SDVariable shown = targets.pixels(graph, prediction, images);
        return new Reconstruction(hidden, target, patches.images(prediction, shape), new Reconstruction.Picture(images, patches.images(shown, shape), false));
    }

    /** {@code MAEPretrainHead}. */
    @Component
    @TypeName(kind = "head", name = "MAEPretrainHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new MAEPretrainHead(config);
        }
    }
}
