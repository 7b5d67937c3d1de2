package dev.selfsup.head.caehead;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ArgMax;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.HiddenPlaces;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Compares what CAE says of hidden patches with visual words and with the features of its teacher (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>).
 * Inputs: scores of words [N * M, V]; the words of all patches, int64 [N, H, W], or their scores [N, V, H, W]; predicted features [N, M, C]; the teacher's [N, M, C]; the mask,
 * int64 [N, H * W], 1 where a patch is hidden. Outputs: the losses of words and of features.
 */
public final class CAEHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss of scores, words, predicted features and the teacher's
     * @param initCfg rules for the first values of the weights
     */
    public record Config(Loss loss, @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private CAEHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return inputs -> graph.call(inputs, in -> {
            SDVariable words = hidden(graph, words(graph, in.get(1)), in.get(4), graph.shape(in.get(0))[0]);        // [N * M]
            return loss.apply(List.of(in.get(0), words, in.get(2), in.get(3)));
        });
    }

    /** The words of all patches, [N * L, 1]. */
    private static SDVariable words(Graph graph, SDVariable given) {
        long[] shape = graph.shape(given);
        if (shape.length == 3) {
            return given.reshape(shape[0] * shape[1] * shape[2], 1);
        }
        check(shape.length == 4, "CAEHead takes visual words [N, H, W] or their scores [N, V, H, W], as the generator DALL-E gives them, not an array of %d dimensions", shape.length);
        long rows = shape[0] * shape[2] * shape[3];
        return graph.apply(new ArgMax(), given.permute(0, 2, 3, 1).reshape(rows, shape[1])).reshape(rows, 1);
    }

    private static SDVariable hidden(Graph graph, SDVariable words, SDVariable mask, long count) {
        long[] shape = graph.shape(mask);
        check(graph.shape(words)[0] == shape[0] * shape[1], "the target generator gives %d words an image, but the mask is for %d patches: the second picture must be such that"
                + " they are as many, a word for each 8x8 pixels of it", graph.shape(words)[0] / shape[0], shape[1]);
        SDVariable rows = graph.applyAll(new HiddenPlaces(Math.toIntExact(count / shape[0])), mask).get(1);         // [N, M]
        return graph.apply(new GatherRows(), words, rows).reshape(count);
    }

    /** {@code CAEHead}. */
    @Component
    @TypeName(kind = "head", name = "CAEHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new CAEHead(config);
        }
    }
}
