package dev.selfsup.engine.op;

/**
 * Group normalisation: x [N, C, H, W] or [N, C], optionally weight [C] and bias [C], to y, and mean and biased variance
 * of each image's groups of channels, [N * groups]. Gradients flow through y alone.
 *
 * @param groups number of groups, a divisor of C
 * @param epsilon added to the variance
 */
public record GroupNorm(int groups, double epsilon) implements Normalization {
    @Override
    public String name() {
        return "group_norm";
    }

    @Override
    public Parts parts(long[] shape) {
        if (shape[1] % groups != 0) {
            throw new IllegalArgumentException(shape[1] + " channels cannot be parted into " + groups + " groups");
        }
        long rows = shape[0] * groups;
        long length = shape[1] / groups;
        for (int d = 2; d < shape.length; d++) {
            length *= shape[d];
        }
        return new Parts(new long[] {rows, length}, new long[] {1}, new long[] {rows, 1}, BatchNorm.channels(shape));
    }
}
