package dev.selfsup.layers;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A layer of a transformer whose attention sees windows (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>): normalisation, attention, normalisation,
 * feed-forward network {@code ffn}, each pair beside a residual connection.
 *
 * @param attention mixes the tokens of a window
 * @param feedForward works on each token
 * @param residual whether a connection leads around the feed-forward network
 * @param norm normalisation of tokens
 * @param dropPathRate probability of dropping a branch of a sample in training
 */
public record WindowBlock(WindowAttention attention, FeedForward feedForward, boolean residual, Norm norm, double dropPathRate) {
    /** A block with its weights. */
    @FunctionalInterface
    public interface Built {
        /**
         * Applies the block.
         *
         * @param map tokens
         * @param windows how the map is cut
         * @param mask added to scores of the tokens of each window, [G, 1, N, N]
         */
        TokenMap apply(TokenMap map, Windows windows, Optional<SDVariable> mask);
    }

    /**
     * Makes the weights.
     *
     * @param graph the block's place
     * @param norms name of the normalisations without their number
     * @param attentions path of the attention below the block
     */
    public Built build(Graph graph, String norms, String attentions) {
        int channels = attention.channels();
        Layer before = norm.build(graph.in(norms + 1), channels);
        WindowAttention.Mixing mixing = attention.build(graph.in(attentions));
        Layer between = norm.build(graph.in(norms + 2), channels);
        Layer each = feedForward.build(graph.in("ffn"));
        Layer drop = DropPath.build(graph, dropPathRate);
        return (map, windows, mask) -> map.with(graph.call(List.of(map.rows()), in -> {
            SDVariable tokens = in.get(0);                                                         // [B * H * W, C]
            SDVariable mixed = mixing.apply(windows.cut(graph, before.apply(tokens)), mask);        // [B * G * N, C]
            SDVariable attended = tokens.add(dropped(graph, drop, map, windows.joined(graph, mixed)));
            SDVariable fed = dropped(graph, drop, map, each.apply(between.apply(attended)));
            return List.of(residual ? attended.add(fed) : fed);
        }).get(0));
    }

    /** Drops all tokens of an image together. */
    private static SDVariable dropped(Graph graph, Layer drop, TokenMap map, SDVariable rows) {
        return drop == Layer.IDENTITY ? rows : drop.apply(map.with(rows).sequences(graph)).reshape(graph.shape(rows));
    }
}
