package dev.selfsup.engine.op;

import java.util.Arrays;

/**
 * Layer normalisation of rows: x [R, C], optionally weight [C] and bias [C], to y, mean [R] and biased variance [R].
 * Gradients flow through y alone.
 *
 * @param epsilon added to the variance
 */
public record LayerNorm(double epsilon) implements Normalization {
    @Override
    public String name() {
        return "layer_norm";
    }

    @Override
    public boolean cheap() {
        return true;
    }

    @Override
    public Parts parts(long[] shape) {
        if (shape.length != 2) {
            throw new IllegalArgumentException("layer_norm takes rows, [R, C], not " + Arrays.toString(shape));
        }
        return new Parts(shape, new long[] {1}, new long[] {shape[0], 1}, new long[] {1, shape[1]});
    }
}
