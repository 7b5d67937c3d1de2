package dev.selfsup.engine;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays for the intermediate values of plain kernels. The kernels of a plan run one after the other, so while a plan is
 * prepared they are given the same memory. When it is too small a larger block takes its place; kernels keep the block
 * that they were prepared with.
 */
public final class Temporaries {
    private static final ThreadLocal<Temporaries> PREPARING = new ThreadLocal<>();
    private static final long ALIGNMENT = 16;

    private INDArray block;
    private long used;

    private final DataType type;

    private Temporaries(DataType type) {
        this.type = type;
    }

    /** From here on this thread prepares the kernels of a plan. */
    static void begin(DataType type) {
        PREPARING.set(new Temporaries(type));
    }

    /** From here on it prepares the next kernel. */
    static void next() {
        PREPARING.get().used = 0;
    }

    /** The plan is prepared. */
    static void end() {
        PREPARING.remove();
    }

    /** An array whose values hold until the kernel that is being prepared has run, and are arbitrary when it starts. */
    public static INDArray create(long... shape) {
        Temporaries preparing = PREPARING.get();
        return preparing == null ? Nd4j.create(DataType.FLOAT, shape) : preparing.take(shape);
    }

    /** The precision of the plan that is being prepared. */
    public static DataType type() {
        Temporaries preparing = PREPARING.get();
        return preparing == null ? DataType.FLOAT : preparing.type;
    }

    private INDArray take(long... shape) {
        long length = 1;
        for (long size : shape) {
            length *= size;
        }
        long rounded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (block == null || used + rounded > block.length()) {
            block = Nd4j.create(type, Math.max(rounded, block == null ? 0 : 2 * block.length()));
            used = 0;
        }
        INDArray taken = Views.at(block, used, shape);
        used += rounded;
        return taken;
    }
}
