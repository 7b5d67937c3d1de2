package dev.selfsup.engine;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Copies between Java arrays and contiguous float32 arrays of the engine: one block copy on the CPU, whatever ND4J does elsewhere. */
public final class HostCopy {
    private HostCopy() {}

    /**
     * Fills an array from its beginning.
     *
     * @param values in C order
     * @param count how many of them
     * @param target float32, contiguous
     */
    public static void write(float[] values, int count, INDArray target) {
        if (count > target.length()) {
            throw new IllegalArgumentException(count + " values do not fit an array of " + target.length());
        }
        if (onHost()) {
            pointer(target).put(values, 0, count);
        } else {
            INDArray staged = Nd4j.create(values.length == count ? values : java.util.Arrays.copyOf(values, count));
            Views.shaped(target, count).assign(staged);
        }
    }

    /** The elements of an array in C order: its own memory on the CPU, a copy elsewhere. Keep the array as long as the buffer. */
    public static FloatBuffer buffer(INDArray array) {
        if (onHost()) {
            return pointer(array).capacity(array.length()).asBuffer();
        }
        return FloatBuffer.wrap(read(array));
    }

    /** The elements of an array in C order. */
    public static float[] read(INDArray source) {
        float[] values = new float[Math.toIntExact(source.length())];
        if (onHost()) {
            pointer(source).get(values, 0, values.length);
            return values;
        }
        return source.dup('c').data().asFloat();
    }

    private static boolean onHost() {
        return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    }

    private static FloatPointer pointer(INDArray array) {
        return new FloatPointer(array.data().addressPointer());
    }
}
