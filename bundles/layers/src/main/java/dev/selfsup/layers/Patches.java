package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Images [B, C, H, W] as square patches that do not overlap, row by row.
 *
 * @param size height and width of a patch, P; must divide those of the images
 */
public record Patches(int size) {
    /** Patches as convolutions see them: [B * L, C * P * P]. */
    public SDVariable channelsFirst(Graph graph, SDVariable images) {
        return patches(graph, images, 0, 2, 4, 1, 3, 5);
    }

    /** Patches as pixels beside each other: [B * L, P * P * C]. */
    public SDVariable channelsLast(Graph graph, SDVariable images) {
        return patches(graph, images, 0, 2, 4, 3, 5, 1);
    }

    /**
     * Images whose patches these are, in the order of {@link #channelsLast}.
     *
     * @param patches [B * L, P * P * C]
     * @param like shape of the images, [B, C, H, W]
     */
    public SDVariable images(SDVariable patches, long... like) {
        return patches.reshape(like[0], rows(like), columns(like), size, size, like[1]).permute(0, 5, 1, 3, 2, 4).reshape(like);
    }

    private SDVariable patches(Graph graph, SDVariable images, int... order) {
        long[] shape = graph.shape(images);
        long rows = rows(shape);
        long columns = columns(shape);
        return images.reshape(shape[0], shape[1], rows, size, columns, size).permute(order)
                .reshape(shape[0] * rows * columns, shape[1] * size * size);
    }

    /** Rows of patches of an image of shape [B, C, H, W]. */
    public long rows(long... shape) {
        check(shape.length == 4 && shape[2] % size == 0 && shape[3] % size == 0, "patches of %dx%d do not tile images of %dx%d", size, size,
                shape[shape.length - 2], shape[shape.length - 1]);
        return shape[2] / size;
    }

    /** Columns of patches of an image of shape [B, C, H, W]. */
    public long columns(long... shape) {
        return shape[3] / size;
    }
}
