package dev.selfsup.engine;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Views on the memory of contiguous arrays. ND4J counts the offset of a view of a view from the first buffer. */
public final class Views {
    private Views() {}

    /**
     * Elements of an array at regular places.
     *
     * @param array a contiguous array
     * @param offset place of the first element
     * @param shape shape of the view
     * @param strides by dimension the places between elements
     */
    public static INDArray of(INDArray array, long offset, long[] shape, long[] strides) {
        DataBuffer buffer = array.data();
        long step = Arrays.equals(strides, Nd4j.getStrides(shape, 'c')) ? 1 : 0;
        return Nd4j.create(buffer, shape, strides, offset == 0 ? 0 : buffer.offset() + offset, step, 'c');
    }

    /** Contiguous elements from an offset on, C order. */
    public static INDArray at(INDArray array, long offset, long... shape) {
        if (shape.length == 0) {
            return at(array, offset, 1).reshape();
        }
        return of(array, offset, shape, Nd4j.getStrides(shape, 'c'));
    }

    /** The same elements under another shape. */
    public static INDArray shaped(INDArray array, long... shape) {
        return at(array, 0, shape);
    }

    /** Whether two arrays begin at the same place in memory. */
    public static boolean same(INDArray a, INDArray b) {
        return a.data().addressPointer().address() == b.data().addressPointer().address();
    }
}
