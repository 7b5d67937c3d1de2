package dev.selfsup.weights;

import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.layers.Interpolation;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Position embeddings of a vision transformer, [1, 1 + L, C] or [1, L, C], for images of another size than they were trained with: interpolated as the reference does it. */
final class Positions {
    private Positions() {}

    /** The embeddings for another number of patches; empty where the tensor has none, or the grids are not square. */
    static Optional<Tensor> resized(Tensor tensor, long... wanted) {
        long[] shape = tensor.shape();
        if (!tensor.name().endsWith("pos_embed") || shape.length != 3 || wanted.length != 3 || shape[0] != 1 || wanted[0] != 1 || shape[2] != wanted[2]) {
            return Optional.empty();
        }
        for (int tokens = 1; tokens >= 0; tokens--) {
            int from = side(shape[1] - tokens);
            int to = side(wanted[1] - tokens);
            if (from > 0 && to > 0) {
                return Optional.of(Tensor.of(tensor.name(), FloatBuffer.wrap(resized(tensor.toFloats(), tokens, (int) shape[2], from, to)), wanted));
            }
        }
        return Optional.empty();
    }

    /** Side of a square of so many patches, 0 where it is none. */
    private static int side(long patches) {
        int side = (int) Math.round(Math.sqrt(patches));
        return (long) side * side == patches ? side : 0;
    }

    private static float[] resized(float[] values, int tokens, int channels, int from, int to) {
        float[] weights = Interpolation.BICUBIC.weights(new long[] {from, from}, new long[] {to, to});       // [to * to, from * from]
        float[] resized = Arrays.copyOf(values, (tokens + to * to) * channels);
        double[] sum = new double[channels];
        for (int place = 0; place < to * to; place++) {
            Arrays.fill(sum, 0);
            for (int old = 0; old < from * from; old++) {
                float weight = weights[place * from * from + old];
                for (int c = 0; weight != 0 && c < channels; c++) {
                    sum[c] += weight * values[(tokens + old) * channels + c];
                }
            }
            for (int c = 0; c < channels; c++) {
                resized[(tokens + place) * channels + c] = (float) sum[c];
            }
        }
        return resized;
    }
}
