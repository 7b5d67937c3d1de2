package dev.selfsup.weights;

import dev.selfsup.checkpoint.Tensor;
import java.nio.FloatBuffer;

/**
 * The order in which the 2x2 patches that a Swin transformer merges lie beside each other. Microsoft's has all channels of the upper left patch, then of the lower left, the upper right
 * and the lower right one, [..., 4, C]; OpenMMLab's has for each channel the four patches row by row, [..., C, 4].
 */
final class PatchMerging {
    /** Place in Microsoft's order of the patches row by row. */
    private static final int[] PLACES = {0, 2, 1, 3};

    private PatchMerging() {}

    /** Whether a weight of ours depends on the order. */
    static boolean concerns(String name) {
        return name.matches("(?:.*\\.)?stages\\.\\d+\\.downsample\\.(?:reduction\\.weight|norm\\.(?:weight|bias))");
    }

    /** From Microsoft's order to ours. */
    static Tensor ours(Tensor tensor) {
        return ordered(tensor, true);
    }

    /** From our order to Microsoft's. */
    static Tensor theirs(Tensor tensor) {
        return ordered(tensor, false);
    }

    private static Tensor ordered(Tensor tensor, boolean toOurs) {
        long[] shape = tensor.shape();
        int width = (int) shape[shape.length - 1];
        if (width % PLACES.length != 0) {
            throw new IllegalArgumentException(tensor.name() + ": four patches do not share " + width + " elements evenly");
        }
        int channels = width / PLACES.length;
        float[] from = tensor.toFloats();
        float[] to = new float[from.length];
        for (int row = 0; row < from.length; row += width) {
            for (int i = 0; i < width; i++) {
                int ours = row + i;
                int theirs = row + PLACES[i % PLACES.length] * channels + i / PLACES.length;
                to[toOurs ? ours : theirs] = from[toOurs ? theirs : ours];
            }
        }
        return Tensor.of(tensor.name(), FloatBuffer.wrap(to), shape);
    }
}
