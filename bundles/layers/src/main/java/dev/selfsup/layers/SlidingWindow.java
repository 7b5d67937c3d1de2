package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import java.util.stream.IntStream;

/**
 * A square of places that moves over a map of which it may see zeros around, as convolutions and {@code unfold} have it.
 *
 * @param kernel rows and columns of the square
 * @param stride rows and columns between two squares
 * @param padding number of zeros on all sides, or {@code corner} for as many below and right as the last square lacks, or {@code same} for these on both sides
 * @param dilation distance of places within the square
 */
public record SlidingWindow(int kernel, int stride, Object padding, int dilation) {
    public SlidingWindow {
        check(kernel > 0 && stride > 0 && dilation > 0, "kernel_size, stride and dilation must be positive, not %d, %d and %d", kernel, stride, dilation);
        check("corner".equals(padding) || "same".equals(padding) || padding instanceof Long zeros && zeros >= 0,
                "padding must be corner, same or a number of zeros, not %s", padding);
    }

    /** Squares along a direction of some length. */
    public int count(int length) {
        return (length + padding(length) - reach()) / stride + 1;
    }

    /** Zeros on both sides of a direction together. */
    private int padding(int length) {
        if (padding instanceof Long zeros) {
            return Math.toIntExact(2 * zeros);
        }
        return Math.max(0, ((length + stride - 1) / stride - 1) * stride + reach() - length);
    }

    private int before(int length) {
        return "corner".equals(padding) ? 0 : padding(length) / 2;
    }

    private int reach() {
        return dilation * (kernel - 1) + 1;
    }

    /** Whether zeros are seen on a map. */
    public boolean pads(int height, int width) {
        return padding(height) > 0 || padding(width) > 0;
    }

    /** Sizes of a map with its zeros. */
    public int padded(int length) {
        return length + padding(length);
    }

    /** For every place of a map with zeros, row by row, its place in the map, or -1 for a zero. */
    public int[] places(int height, int width) {
        int columns = padded(width);
        return IntStream.range(0, padded(height) * columns).map(i -> {
            int row = i / columns - before(height);
            int column = i % columns - before(width);
            return row >= 0 && row < height && column >= 0 && column < width ? row * width + column : -1;
        }).toArray();
    }

    /** For every square, row by row, and every place in it, row by row, its place in a map of these sizes with its zeros. */
    public int[] squares(int height, int width) {
        int columns = count(width);
        int square = kernel * kernel;
        return IntStream.range(0, count(height) * columns * square).map(i -> {
            int row = i / square / columns * stride + i % square / kernel * dilation;
            int column = i / square % columns * stride + i % kernel * dilation;
            return row * padded(width) + column;
        }).toArray();
    }
}
