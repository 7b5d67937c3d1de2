package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.TokenRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A vision transformer on whole images (Dosovitskiy et al. 2021, <a href="https://arxiv.org/abs/2010.11929">arXiv:2010.11929</a>): from images [N, 3, H, W] to,
 * for each output layer, the patches [N, C, H / P, W / P], or their mean [N, C], and the class token [N, C].
 *
 * @param trunk patches to tokens, layers
 * @param outIndices layers whose tokens are given, from 0; negative ones count from the last, -1
 * @param classTokenSeen whether the layers see a class token
 * @param averaged whether the mean of the patches, normalised, is given instead of the patches
 * @param classTokenGiven whether the class token is given beside the patches
 * @param interpolation how positions are interpolated for images of other sizes
 * @param frozenStages the first layers that are frozen: not trained, in evaluation mode; with all of them the last normalisation is not trained
 */
public record VisionTransformerNetwork(VisionTransformerTrunk trunk, List<Integer> outIndices, boolean classTokenSeen, boolean averaged,
        boolean classTokenGiven, Interpolation interpolation, int frozenStages) {
    /**
     * What comes before the layers.
     *
     * @param classToken [1, 1, C]
     * @param positions [1, 1 + L, C]; empty where the layers know places otherwise
     * @param embedding patches to tokens
     * @param dropout of the tokens at their places
     */
    public record Stem(SDVariable classToken, Optional<SDVariable> positions, Layer embedding, Layer dropout) {}

    public VisionTransformerNetwork {
        int count = trunk.size().numLayers();
        check(!classTokenGiven || classTokenSeen, "output_cls_token needs with_cls_token: true");
        check(!outIndices.isEmpty() && outIndices.stream().allMatch(i -> i >= -count && i < count),
                "out_indices must name layers of the %d, not %s", count, outIndices);
        check(frozenStages <= count, "frozen_stages must be at most num_layers %d, not %d", count, frozenStages);
    }

    /**
     * Makes the weights of the layers.
     *
     * @param graph the network's place
     * @param stem what comes before the layers
     */
    public Backbone.Network build(Graph graph, Stem stem) {
        return build(graph, stem, layers(graph, (place, i) -> trunk.layer(place, i)));
    }

    /**
     * The network of layers that are made already.
     *
     * @param graph the network's place
     * @param stem what comes before the layers
     * @param layers as {@link #layers} gives them
     */
    public Backbone.Network build(Graph graph, Stem stem, List<Layer> layers) {
        Layer mean = averaged ? trunk.norm(graph, 2) : Layer.IDENTITY;
        return images -> graph.call(List.of(images), in -> {
            long[] grid = {trunk.patches().rows(graph.shape(images)), trunk.patches().columns(graph.shape(images))};
            SDVariable tokens = stem.embedding.apply(trunk.patches().channelsFirst(graph, in.get(0)));   // [N * L, C]
            SDVariable patches = tokens.reshape(graph.shape(images)[0], grid[0] * grid[1], trunk.size().embedDims());
            SDVariable x = stem.dropout.apply(placed(graph, patches, stem, grid));                       // [N, 1 + L, C]
            return outputs(graph, layers, mean, classTokenSeen ? x : patches(graph, x), grid);
        });
    }

    /**
     * All layers, the first of them frozen, the last with the last normalisation.
     *
     * @param graph the network's place
     * @param each makes layer i at that place
     */
    public List<Layer> layers(Graph graph, BiFunction<Graph, Integer, Layer> each) {
        int count = trunk.size().numLayers();
        List<Layer> layers = new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> each.apply(i < frozenStages ? graph.frozen().evaluating() : graph, i)).toList());
        Layer last = trunk.last(frozenStages == count ? graph.frozen() : graph);
        layers.set(count - 1, layers.get(count - 1).then(last));
        return layers;
    }

    /** Class token and patches [N, L, C] at their places, [N, 1 + L, C]. */
    SDVariable placed(Graph graph, SDVariable patches, Stem stem, long... grid) {
        SDVariable all = graph.apply(new PrependToken(), patches, stem.classToken);
        return stem.positions.map(positions -> graph.apply(new AddPositions(), all,
                PositionEmbedding.resized(graph, positions, trunk.grid(), grid, interpolation))).orElse(all);
    }

    /** Whether the tokens behind layer i are given. */
    boolean gives(int i) {
        return outIndices.contains(i) || outIndices.contains(i - trunk.size().numLayers());
    }

    private List<SDVariable> outputs(Graph graph, List<Layer> layers, Layer mean, SDVariable tokens, long... grid) {
        List<SDVariable> outputs = new ArrayList<>();
        SDVariable x = tokens;
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).apply(x);                                                            // [N, 1 + L, C]
            if (gives(i)) {
                outputs.addAll(output(graph, x, mean, grid));
            }
        }
        return outputs;
    }

    private List<SDVariable> output(Graph graph, SDVariable tokens, Layer mean, long... grid) {
        long[] shape = graph.shape(tokens);
        SDVariable patches = classTokenSeen ? patches(graph, tokens) : tokens;                            // [N, L, C]
        SDVariable first = averaged ? mean.apply(patches.mean(true, 1)).reshape(shape[0], shape[2])
                : patches.reshape(shape[0], grid[0], grid[1], shape[2]).permute(0, 3, 1, 2);
        return classTokenGiven
                ? List.of(first, graph.apply(new TokenRange(0, 1), tokens).reshape(shape[0], shape[2]))
                : List.of(first);
    }

    private static SDVariable patches(Graph graph, SDVariable tokens) {
        return graph.apply(new TokenRange(1, graph.shape(tokens)[1]), tokens);
    }
}
