package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.GatherRows;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What attention adds to its scores for how two patches lie to each other (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>, after Raffel et al. 2020):
 * one learnt number for each head and each distance in rows and columns, and three more for scores with the class token. Weight {@code relative_position_bias_table} [D, H], D
 * = (2 rows - 1) (2 columns - 1) + 3; buffer {@code relative_position_index}, int64 [1 + L, 1 + L], the row of the table for each pair of tokens.
 *
 * @param rows rows of patches
 * @param columns columns of patches
 * @param heads heads of the attention, H
 */
public record RelativePositionBias(int rows, int columns, int heads) {
    private static final int CLASS_DISTANCES = 3;

    public RelativePositionBias {
        check(rows > 0 && columns > 0 && heads > 0, "a relative position bias needs patches and heads, not %d x %d and %d", rows, columns, heads);
    }

    /**
     * Makes table and index.
     *
     * @param graph the place of both
     * @param first first values of the table
     * @return the bias, [H, 1 + L, 1 + L]
     */
    public SDVariable build(Graph graph, Fill first) {
        int length = 1 + rows * columns;
        SDVariable table = graph.weight("relative_position_bias_table", LayerType.NONE, first, distances(), heads);       // [D, H]
        SDVariable index = graph.buffer("relative_position_index", DataType.INT64, this::index, length, length);          // [1 + L, 1 + L]
        SDVariable each = graph.apply(new GatherRows(), table, index);                                                     // [(1 + L)^2, H]
        return each.reshape(length, length, heads).permute(2, 0, 1);
    }

    /** Rows of the table. */
    private int distances() {
        return (2 * rows - 1) * (2 * columns - 1) + CLASS_DISTANCES;
    }

    /** Rows of the table by pairs of tokens: class token to patch, patch to class token and class token to itself have the last three. */
    private void index(float[] values, long[] shape, java.util.random.RandomGenerator random) {
        int length = (int) shape[0];
        for (int from = 0; from < length; from++) {
            for (int to = 0; to < length; to++) {
                values[from * length + to] = from > 0 && to > 0 ? distance(from - 1, to - 1) : distances() - (from > 0 ? 2 : to > 0 ? 3 : 1);
            }
        }
    }

    private int distance(int from, int to) {
        int down = from / columns - to / columns + rows - 1;
        int right = from % columns - to % columns + columns - 1;
        return down * (2 * columns - 1) + right;
    }
}
