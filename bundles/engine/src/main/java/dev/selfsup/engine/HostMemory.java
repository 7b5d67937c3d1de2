package dev.selfsup.engine;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of one contiguous float32 or int64 array at hand, for an array that is filled or read at every step: on the CPU nothing is allocated after
 * the constructor. On other backends it copies as {@link HostCopy} does. One thread at a time may use it.
 */
public final class HostMemory {
    private final INDArray array;
    private final FloatPointer floats;
    private final LongPointer longs;
    private final boolean integer;
    private float[] stagedFloats = {};
    private long[] stagedLongs = {};

    /**
     * The memory of an array.
     *
     * @param array float32 or int64, contiguous
     */
    public HostMemory(INDArray array) {
        boolean onHost = Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
        this.array = array;
        this.integer = array.dataType() == DataType.INT64;
        this.floats = onHost && array.dataType() == DataType.FLOAT ? new FloatPointer(array.data().addressPointer()) : null;
        this.longs = onHost && integer ? new LongPointer(array.data().addressPointer()) : null;
    }

    /** Elements of the array. */
    public int length() {
        return Math.toIntExact(array.length());
    }

    /**
     * Fills the array from its beginning.
     *
     * @param values in C order, whole numbers for an int64 array
     * @param count how many of them
     */
    public void write(float[] values, int count) {
        if (count > array.length()) {
            throw new IllegalArgumentException(count + " values do not fit an array of " + array.length());
        }
        if (integer) {
            stageLongs(count);
            for (int i = 0; i < count; i++) {
                stagedLongs[i] = (long) values[i];
            }
            write(stagedLongs);
        } else if (floats != null) {
            floats.put(values, 0, count);
        } else {
            HostCopy.write(values, count, array);
        }
    }

    /**
     * Fills the array from its beginning, whatever its type.
     *
     * @param values in C order, whole numbers for an int64 array
     */
    public void write(double[] values) {
        if (integer) {
            writeLongs(values);
            return;
        }
        if (stagedFloats.length != values.length) {
            stagedFloats = new float[values.length];
        }
        for (int i = 0; i < values.length; i++) {
            stagedFloats[i] = (float) values[i];
        }
        write(stagedFloats, values.length);
    }

    private void writeLongs(double[] values) {
        stageLongs(values.length);
        for (int i = 0; i < values.length; i++) {
            stagedLongs[i] = (long) values[i];
        }
        write(stagedLongs);
    }

    private void stageLongs(int count) {
        if (stagedLongs.length != count) {
            stagedLongs = new long[count];
        }
    }

    /**
     * Fills an int64 array from its beginning.
     *
     * @param values in C order
     */
    public void write(long[] values) {
        if (values.length > array.length()) {
            throw new IllegalArgumentException(values.length + " values do not fit an array of " + array.length());
        }
        if (longs != null) {
            longs.put(values, 0, values.length);
        } else {
            array.assign(Nd4j.createFromArray(values).reshape(array.shape()));
        }
    }

    /**
     * Reads an int64 array from its beginning.
     *
     * @param values filled, in C order; no longer than the array
     */
    public void read(long[] values) {
        if (values.length > array.length()) {
            throw new IllegalArgumentException("an array of " + array.length() + " has not " + values.length + " values");
        }
        if (longs != null) {
            longs.get(values, 0, values.length);
        } else {
            System.arraycopy(array.dup('c').data().asLong(), 0, values, 0, values.length);
        }
    }

    /**
     * Reads a float32 array from its beginning.
     *
     * @param values room for its elements, in C order
     */
    public void read(float[] values) {
        if (floats != null) {
            floats.get(values, 0, values.length);
        } else {
            System.arraycopy(array.data().asFloat(), 0, values, 0, values.length);
        }
    }

    /** The first element of a float32 array. */
    public float first() {
        return floats != null ? floats.get() : array.getFloat(0);
    }
}
