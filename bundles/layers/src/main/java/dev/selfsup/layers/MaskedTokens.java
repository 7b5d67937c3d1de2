package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.PlacesOf;
import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Takes what belongs to the masked patches, or to the visible ones, out of what there is for all patches.
 *
 * @param places rows of the patches among those of all images, int64 [M]
 * @param patches patches of an image, L
 */
public record MaskedTokens(SDVariable places, long patches) {
    /**
     * The masked patches.
     *
     * @param mask an input of the model, int64 [N, H / P, W / P], 1 where a patch is masked, else 0
     */
    public static MaskedTokens masked(Graph graph, SDVariable mask) {
        long[] shape = graph.shape(mask);
        return new MaskedTokens(graph.apply(new PlacesOf(1, graph.ones(mask)), mask), length(shape) / shape[0]);
    }

    /** The patches that a mask leaves visible. */
    public static MaskedTokens visible(Graph graph, SDVariable mask) {
        long[] shape = graph.shape(mask);
        return new MaskedTokens(graph.apply(new PlacesOf(0, length(shape) - graph.ones(mask)), mask), length(shape) / shape[0]);
    }

    private static long length(long... shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** Tokens [N, L, C] to those of the patches, [M, C]. */
    public SDVariable of(Graph graph, SDVariable tokens) {
        long[] shape = graph.shape(tokens);
        check(shape[1] == patches, "the mask is for %d patches of an image, there are tokens of %d", patches, shape[1]);
        return graph.apply(new GatherRows(), tokens.reshape(shape[0] * shape[1], shape[2]), places);
    }

    /** Words, int64 with one for each patch, [N, L] or [N, h, w], to those of the patches, [M]. */
    public SDVariable words(Graph graph, SDVariable words) {
        long[] shape = graph.shape(words);
        check(length(shape) / shape[0] == patches, "the mask is for %d patches of an image, there are words of %d: the target generator must give one for each patch",
                patches, length(shape) / shape[0]);
        return graph.apply(new GatherRows(), words.reshape(length(shape), 1), places).reshape(graph.shape(places)[0]);
    }
}
