package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.MoveRows;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A map of tokens cut into square windows (Liu et al. 2021, <a href="https://arxiv.org/abs/2103.14030">arXiv:2103.14030</a>), row by row. A map that windows do not tile gets
 * zeros below and right. Before it is cut it may be shifted in a circle up and left, so that windows lie across the borders of those without shift.
 *
 * @param height rows of tokens
 * @param width columns of tokens
 * @param size rows and columns of a window
 * @param shift rows and columns by which the map is shifted, less than the size
 */
public record Windows(int height, int width, int size, int shift) {
    /** What is added to scores of tokens that lie side by side only because of the shift. */
    private static final float APART = -100;
    /** Scores of tokens that must not see each other are less by this. */
    private static final double NEVER = 1e30;

    public Windows {
        check(size > 0 && shift >= 0 && shift < size, "windows must be larger than their shift, not %d and %d", size, shift);
    }

    /** Tokens of a window, N. */
    public int tokens() {
        return size * size;
    }

    /** Windows of a map, G. */
    public int count() {
        return padded(height) / size * (padded(width) / size);
    }

    private int padded(int length) {
        return (length + size - 1) / size * size;
    }

    /** The tokens of maps, [B * H * W, C], window by window, [B * G * N, C]. */
    public SDVariable cut(Graph graph, SDVariable rows) {
        return whole() ? rows : graph.apply(moves(), rows);
    }

    /** The way back of {@link #cut}. */
    public SDVariable joined(Graph graph, SDVariable rows) {
        return whole() ? rows : graph.apply(moves().back(), rows);
    }

    /** Whether one window is the map as it is. */
    private boolean whole() {
        return height == size && width == size && shift == 0;
    }

    private MoveRows moves() {
        return new MoveRows(IntStream.range(0, count() * tokens()).map(i -> {
            int row = (shiftedRow(i) + shift) % padded(height);
            int column = (shiftedColumn(i) + shift) % padded(width);
            return row < height && column < width ? row * width + column : -1;
        }).toArray(), height * width);
    }

    /** Row of a token in the shifted map, by its place among the tokens of all windows. */
    private int shiftedRow(int token) {
        return token / tokens() / (padded(width) / size) * size + token % tokens() / size;
    }

    private int shiftedColumn(int token) {
        return token / tokens() % (padded(width) / size) * size + token % size;
    }

    /** What is added to the scores of a window's tokens with each other because of the shift, [G, 1, N, N]; empty where there is no shift. */
    public Optional<SDVariable> mask(Graph graph) {
        if (shift == 0) {
            return Optional.empty();
        }
        int[] regions = IntStream.range(0, count() * tokens())
                .map(i -> 3 * region(shiftedRow(i), padded(height)) + region(shiftedColumn(i), padded(width))).toArray();
        float[] mask = new float[count() * tokens() * tokens()];
        for (int i = 0; i < mask.length; i++) {
            int window = i / tokens() / tokens() * tokens();
            mask[i] = regions[window + i / tokens() % tokens()] == regions[window + i % tokens()] ? 0 : APART;
        }
        return Optional.of(graph.constant(mask, count(), 1, tokens(), tokens()));
    }

    /** Which of three strips of the shifted map a place is in: those that are whole windows, the rest before what came around, and that. */
    private int region(int place, int length) {
        return place < length - size ? 0 : place < length - shift ? 1 : 2;
    }

    /** Keeps tokens from being mixed whose flags differ: flags [H * W, 1] of 0 and 1, to what is added to scores, [G, 1, N, N]. */
    public SDVariable apart(Graph graph, SDVariable flags) {
        SDVariable cut = cut(graph, flags);
        SDVariable rows = cut.reshape(count(), 1, tokens(), 1);
        SDVariable columns = cut.reshape(count(), 1, 1, tokens());
        SDVariable alike = rows.mul(columns).add(rows.rsub(1).mul(columns.rsub(1)));               // [G, 1, N, N]
        return alike.sub(1).mul(NEVER);
    }
}
