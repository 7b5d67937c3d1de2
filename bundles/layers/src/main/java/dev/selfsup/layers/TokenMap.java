package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Tokens of images that lie in rows and columns.
 *
 * @param rows the tokens of all images, row by row, [B * H * W, C]
 * @param height rows of tokens of an image, H
 * @param width columns of tokens of an image, W
 */
public record TokenMap(SDVariable rows, int height, int width) {
    /** Other tokens in the same places. */
    public TokenMap with(SDVariable others) {
        return new TokenMap(others, height, width);
    }

    /** Images, B. */
    public long batch(Graph graph) {
        return graph.shape(rows)[0] / (height * width);
    }

    /** The tokens by image, [B, H * W, C]. */
    public SDVariable sequences(Graph graph) {
        return rows.reshape(batch(graph), height * width, graph.shape(rows)[1]);
    }

    /** The tokens as an image of C channels, [B, C, H, W]. */
    public SDVariable image(Graph graph) {
        return rows.reshape(batch(graph), height, width, graph.shape(rows)[1]).permute(0, 3, 1, 2);
    }
}
