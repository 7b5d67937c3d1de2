package dev.selfsup.weights;

import dev.selfsup.checkpoint.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What attention adds for how two tokens lie to each other, {@code relative_position_bias_table}: [(2 M - 1)^2, H] for windows of M x M tokens, in BEiT three rows more for the class token.
 * For another size of windows it is interpolated as MMClassification does it: distances of the old window are placed in a geometric progression that spans those of the new one, and a cubic
 * spline through them is read at whole distances.
 */
final class BiasTables {
    private static final String TABLE = "relative_position_bias_table";
    private static final String OF_A_LAYER = "layers\\.\\d+\\.attn\\." + TABLE + "$";
    /** Rows of BEiT for pairs with the class token, which have no distance. */
    private static final int CLASS_ROWS = 3;
    private static final int LEAST_SIDE = 5;

    private BiasTables() {}

    /** The name of the table that all layers share in BEiT's pretraining, of which each layer has its own when it is fine-tuned; the name itself where it is none of a layer. */
    static String shared(String name) {
        return name.replaceFirst(OF_A_LAYER, "rel_pos_bias." + TABLE);
    }

    /** The table for another window; empty where the tensor is none, or the windows are not square. */
    static Optional<Tensor> resized(Tensor tensor, long... wanted) {
        long[] shape = tensor.shape();
        if (!tensor.name().endsWith(TABLE) || shape.length != 2 || wanted.length != 2 || shape[1] != wanted[1]) {
            return Optional.empty();
        }
        for (int more = 0; more <= CLASS_ROWS; more += CLASS_ROWS) {
            int from = side(shape[0] - more);
            int to = side(wanted[0] - more);
            if (from >= LEAST_SIDE && to > 0) {
                return Optional.of(Tensor.of(tensor.name(), FloatBuffer.wrap(resized(tensor.toFloats(), (int) shape[1], from, to, more)), wanted));
            }
        }
        return Optional.empty();
    }

    /** Side of a square of so many distances, which is odd; 0 where it is none. */
    private static int side(long distances) {
        int side = (int) Math.round(Math.sqrt(Math.max(0, distances)));
        return (long) side * side == distances && side % 2 == 1 ? side : 0;
    }

    private static float[] resized(float[] table, int heads, int from, int to, int more) {
        double[][] weights = new CubicSpline(places(from / 2, to / 2)).weights(whole(to / 2));                       // [to, from]
        float[] resized = new float[(to * to + more) * heads];
        System.arraycopy(table, from * from * heads, resized, to * to * heads, more * heads);
        for (int head = 0; head < heads; head++) {
            double[][] rows = new double[to][from];                                                                   // rows of the new window, columns of the old
            for (int row = 0; row < to; row++) {
                for (int i = 0; i < from; i++) {
                    for (int j = 0; j < from; j++) {
                        rows[row][j] += weights[row][i] * table[(i * from + j) * heads + head];
                    }
                }
                for (int column = 0; column < to; column++) {
                    double sum = 0;
                    for (int j = 0; j < from; j++) {
                        sum += weights[column][j] * rows[row][j];
                    }
                    resized[(row * to + column) * heads + head] = (float) sum;
                }
            }
        }
        return resized;
    }

    /** Where distances from -n to n of the old window lie in the new one, whose farthest is {@code reach}: 1, 1 + q, 1 + q + q^2, ... on both sides of 0. */
    private static double[] places(int n, int reach) {
        double ratio = ratio(n, reach);
        double[] places = new double[2 * n + 1];
        double place = 1;
        for (int i = 1; i <= n; i++) {
            places[n + i] = place;
            places[n - i] = -place;
            place += Math.pow(ratio, i);
        }
        return places;
    }

    /** The ratio between 1.01 and 1.5 at which n steps reach farthest, by the reference's bisection. */
    private static double ratio(int n, int reach) {
        double left = 1.01;
        double right = 1.5;
        double ratio = left;
        while (right - left > 1e-6) {
            ratio = (left + right) / 2;
            if ((1 - Math.pow(ratio, n)) / (1 - ratio) > reach) {
                right = ratio;
            } else {
                left = ratio;
            }
        }
        return ratio;
    }

    private static double[] whole(int reach) {
        double[] distances = new double[2 * reach + 1];
        Arrays.setAll(distances, i -> i - reach);
        return distances;
    }
}
