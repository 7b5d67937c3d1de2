package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.TokenRange;
import org.nd4j.autodiff.samediff.SDVariable;

/** Embeddings of the places of patches, [1, 1 + rows * columns, C], that of the class token first. */
public final class PositionEmbedding {
    private static final double TEMPERATURE = 10000;

    private PositionEmbedding() {}

    /**
     * Sines and cosines of both coordinates (Vaswani et al. 2017, in two dimensions), as masked autoencoders have them; zero for the class
     * token. Of C values the first half tells the row, the second the column, each by C / 4 sines, then C / 4 cosines.
     *
     * @param side rows and columns of patches
     * @return fills [1, 1 + side * side, C] or, without class token, [1, side * side, C]
     */
    public static Fill sines(int side) {
        return sines(side, side);
    }

    /**
     * The same for images that are not square, in the order of the reference: it counts the places of a column first, where patches are counted by rows.
     *
     * @param rows rows of patches
     * @param columns columns of patches
     */
    public static Fill sines(int rows, int columns) {
        return (values, shape, random) -> {
            int channels = (int) shape[2];
            check(channels % 4 == 0, "sines and cosines of two coordinates need embeddings whose size 4 divides, not %d", channels);
            int first = (int) shape[1] - rows * columns;
            for (int place = 0; place < rows * columns; place++) {
                int at = (first + place) * channels;
                waves(values, at, channels / 4, place / rows);
                waves(values, at + channels / 2, channels / 4, place % rows);
            }
        };
    }

    private static void waves(float[] values, int at, int count, int coordinate) {
        for (int i = 0; i < count; i++) {
            double angle = coordinate / Math.pow(TEMPERATURE, (double) i / count);
            values[at + i] = (float) Math.sin(angle);
            values[at + count + i] = (float) Math.cos(angle);
        }
    }

    /**
     * Embeddings for images of another size.
     *
     * @param positions [1, 1 + h * w, C]
     * @param from h, w
     * @param to H, W
     * @param mode how values between places are found
     * @return [1, 1 + H * W, C]
     */
    public static SDVariable resized(Graph graph, SDVariable positions, long[] from, long[] to, Interpolation mode) {
        if (from[0] == to[0] && from[1] == to[1]) {
            return positions;
        }
        SDVariable classToken = graph.apply(new TokenRange(0, 1), positions);
        SDVariable patches = graph.apply(new TokenRange(1, 1 + from[0] * from[1]), positions);
        return graph.apply(new PrependToken(), resizedPatches(graph, patches, from, to, mode), classToken);
    }

    /** The same without class token, [1, h * w, C] to [1, H * W, C]. */
    public static SDVariable resizedPatches(Graph graph, SDVariable positions, long[] from, long[] to, Interpolation mode) {
        if (from[0] == to[0] && from[1] == to[1]) {
            return positions;
        }
        long channels = graph.shape(positions)[2];
        SDVariable weights = graph.constant(mode.weights(from, to), to[0] * to[1], from[0] * from[1]);
        SDVariable resized = graph.matmul(weights, positions.reshape(from[0] * from[1], channels), false, false);   // [H * W, C]
        return resized.reshape(1, to[0] * to[1], channels);
    }
}
