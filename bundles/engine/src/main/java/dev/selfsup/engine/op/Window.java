package dev.selfsup.engine.op;

import dev.selfsup.engine.Temporaries;
import dev.selfsup.engine.Views;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A window that moves over images, as pooling has it.
 *
 * @param kernelH rows of the window
 * @param kernelW columns of the window
 * @param strideH rows between windows
 * @param strideW columns between windows
 * @param paddingH rows added above and below, at most half a window
 * @param paddingW columns added left and right, at most half a window
 * @param ceilMode whether a last window may stick out below and right, if it begins inside the image or the padding above or left
 */
public record Window(int kernelH, int kernelW, int strideH, int strideW, int paddingH, int paddingW, boolean ceilMode) {
    /** Checks the padding. */
    public Window {
        if (paddingH > kernelH / 2 || paddingW > kernelW / 2) {
            throw new IllegalArgumentException("padding " + paddingH + "x" + paddingW + " is more than half of the window " + kernelH + "x"
                    + kernelW);
        }
    }

    /** A square window. */
    public static Window square(int kernel, int stride, int padding, boolean ceilMode) {
        return new Window(kernel, kernel, stride, stride, padding, padding, ceilMode);
    }

    /** Shape of the results of all windows on images [N, C, H, W]. */
    public long[] output(long[] shape) {
        return new long[] {shape[0], shape[1], places(shape[2], kernelH, strideH, paddingH), places(shape[3], kernelW, strideW, paddingW)};
    }

    private long places(long size, int kernel, int stride, int padding) {
        long room = size + 2L * padding - kernel;
        long places = (room + (ceilMode ? stride - 1 : 0)) / stride + 1;
        return ceilMode && (places - 1) * stride >= size + padding ? places - 1 : places;
    }

    /** Rows or columns below or right of the image that the last window covers; negative where it ends inside the image. */
    public long overhang(long size, boolean rows) {
        int kernel = rows ? kernelH : kernelW;
        int stride = rows ? strideH : strideW;
        int padding = rows ? paddingH : paddingW;
        return (places(size, kernel, stride, padding) - 1) * stride + kernel - size - padding;
    }

    /**
     * Images with room around them, and what each element of the windows sees of them.
     *
     * @param padded images with room, [N, C, H', W']
     * @param image the images themselves within that room
     * @param elements by place in the window, row by row, a view [N, C, OH, OW]
     */
    record Room(INDArray padded, INDArray image, List<INDArray> elements) {}

    /** Room for images of this shape. */
    Room room(long[] shape) {
        long height = paddingH + shape[2] + Math.max(0, overhang(shape[2], true));
        long width = paddingW + shape[3] + Math.max(0, overhang(shape[3], false));
        INDArray padded = Steps.temporary(shape[0], shape[1], height, width);
        long[] strides = Nd4j.getStrides(padded.shape(), 'c');
        long[] steps = strides.clone();
        steps[2] *= strideH;
        steps[3] *= strideW;
        List<INDArray> elements = new ArrayList<>();
        for (int i = 0; i < kernelH; i++) {
            for (int j = 0; j < kernelW; j++) {
                elements.add(Views.of(padded, i * strides[2] + j * strides[3], output(shape), steps));
            }
        }
        return new Room(padded, Views.of(padded, paddingH * strides[2] + paddingW * strides[3], shape, strides), elements);
    }

    /** How many elements of the window count at each place, [1, 1, OH, OW]: those on the image, or also those on the padding. */
    INDArray counts(long[] shape, boolean padding) {
        long[] places = output(shape);
        float[] counts = new float[(int) (places[2] * places[3])];
        for (int i = 0; i < places[2]; i++) {
            long rows = covered(i * (long) strideH - paddingH, kernelH, shape[2], padding ? paddingH : 0);
            for (int j = 0; j < places[3]; j++) {
                long columns = covered(j * (long) strideW - paddingW, kernelW, shape[3], padding ? paddingW : 0);
                counts[(int) (i * places[3] + j)] = rows * columns;
            }
        }
        return Nd4j.create(counts, new long[] {1, 1, places[2], places[3]}, 'c').castTo(Temporaries.type());
    }

    private static long covered(long start, int kernel, long size, int padding) {
        return Math.min(start + kernel, size + padding) - Math.max(start, -padding);
    }
}
