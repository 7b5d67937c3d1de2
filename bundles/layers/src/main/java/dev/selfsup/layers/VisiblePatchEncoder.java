package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.TokenRange;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A vision transformer that sees some of the patches of square images, as masked autoencoders have it (He et al. 2021,
 * <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>), with its weights. Those of {@link VisionTransformerTrunk}; positions are sines and cosines and not trained.
 */
public final class VisiblePatchEncoder {
    private static final Initialization PROJECTION = weight -> weight.key().equals("patch_embed.projection.weight")
            ? Optional.of(Fill.uniform(Math.sqrt(6.0 / (weight.shape()[0] + Fill.fanIn(weight.shape()))))) : Optional.empty();

    private final Graph graph;
    private final VisionTransformerTrunk trunk;
    private final SDVariable classToken;
    private final SDVariable positions;
    private final Layer embedding;
    private final Layer layers;
    private final long side;
    private final long channels;

    /**
     * Makes the weights.
     *
     * @param graph the network's place
     * @param first fills the class token
     * @param layers makes what works on tokens [N, 1 + V, C], as {@link VisionTransformerTrunk#all}
     */
    public VisiblePatchEncoder(Graph graph, VisionTransformerTrunk trunk, Fill first, Function<Graph, Layer> layers) {
        this.graph = graph;
        this.trunk = trunk;
        this.side = trunk.grid()[0];
        this.channels = trunk.size().embedDims();
        this.classToken = trunk.classToken(graph, first);                                          // [1, 1, C]
        this.positions = trunk.positions(graph.frozen(), PositionEmbedding.sines((int) side));      // [1, 1 + L, C]
        this.embedding = trunk.embedding(graph);
        this.layers = layers.apply(graph);
    }

    /** Makes the weights as MAE does: all layers work on the tokens, and the projection of patches begins as that of a linear layer would. */
    public static VisiblePatchEncoder of(Graph graph, VisionTransformerTrunk trunk) {
        return new VisiblePatchEncoder(graph.initialized(List.of(PROJECTION)), trunk, Fill.normal(0, 0.02), trunk::all);
    }

    /** Patches of an image, L. */
    public int length() {
        return Math.toIntExact(side * side);
    }

    /**
     * The tokens of the class and of some patches.
     *
     * @param images [N, C', H, W]
     * @param numbers of the patches that are seen, int64 [N, V]
     * @param rows of these patches among those of all images, int64 [N, V]
     * @return [N, 1 + V, C]
     */
    public SDVariable some(SDVariable images, SDVariable numbers, SDVariable rows) {
        long[] seen = graph.shape(numbers);
        SDVariable patches = graph.apply(new GatherRows(), patches(images), rows);                  // [N * V, C' P P]
        SDVariable places = positions(1, 1 + length()).reshape(length(), channels);
        SDVariable tokens = embedding.apply(patches).add(graph.apply(new GatherRows(), places, numbers));
        return encode(tokens.reshape(seen[0], seen[1], channels));
    }

    /** The patches of whole images, [N, C, H / P, W / P]. */
    public SDVariable whole(SDVariable images) {
        long batch = graph.shape(images)[0];
        SDVariable patches = embedding.apply(patches(images)).reshape(batch, length(), channels);
        SDVariable encoded = encode(graph.apply(new AddPositions(), patches, positions(1, 1 + length())));     // [N, 1 + L, C]
        return graph.apply(new TokenRange(1, 1 + length()), encoded).reshape(batch, side, side, channels).permute(0, 3, 1, 2);
    }

    private SDVariable patches(SDVariable images) {
        long[] shape = graph.shape(images);
        int size = trunk.imageSize().get(0);
        check(shape[2] == shape[3] && shape[2] == size, "%s takes images of img_size %d, not %dx%d", graph.path(), size, shape[2], shape[3]);
        return trunk.patches().channelsFirst(graph, images);                                       // [N * L, C' P P]
    }

    /** Some of the positions, [1, to - from, C]. */
    private SDVariable positions(int from, int to) {
        return graph.apply(new TokenRange(from, to), positions);
    }

    private SDVariable encode(SDVariable patches) {
        SDVariable first = classToken.add(positions(0, 1));                                        // [1, 1, C]
        return layers.apply(graph.apply(new PrependToken(), patches, first));                      // [N, 1 + V, C]
    }
}
