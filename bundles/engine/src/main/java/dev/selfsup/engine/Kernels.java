package dev.selfsup.engine;

import dev.selfsup.engine.onednn.OneDnnKernels;
import java.util.Optional;
import java.util.OptionalLong;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/** A set of fast kernels. What it does not have runs on plain ND4J operations. */
public interface Kernels {
    /** No fast kernels: every operation is plain. */
    Kernels PLAIN = new Kernels() {
        @Override
        public Optional<Kernel> kernel(Operation operation, INDArray[] in, INDArray[] out) {
            return Optional.empty();
        }

        @Override
        public Optional<Kernel> kernel(DynamicCustomOp operation, INDArray[] in, INDArray[] out) {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "plain";
        }
    };

    /**
     * The fastest set that this machine has: oneDNN's where its library can be loaded and ND4J computes on the CPU, else
     * {@link #PLAIN}. The plans made with one set share working memory: run them one at a time.
     */
    static Kernels fastest() {
        if (Nd4j.getExecutioner().type() != OpExecutioner.ExecutionerType.NATIVE_CPU) {
            return PLAIN;
        }
        try {
            return new OneDnnKernels();
        } catch (LinkageError e) {
            LoggerFactory.getLogger(Kernels.class).warn("oneDNN cannot be loaded, plain kernels are used: {}", e.toString());
            return PLAIN;
        }
    }

    /**
     * Channels that lie side by side where images [N, C, H, W] are in blocks, [N, C / b, H, W, b], as this set computes fastest
     * on; 1 where C order is best. The plan keeps images so from kernel to kernel where every operation on them
     * {@link #worksInBlocks}; an image in blocks is handed to the kernel as an array of rank 5.
     */
    default int block() {
        return 1;
    }

    /**
     * Whether the set has a kernel of this operation for images in blocks, of any shape. A convolution's images may lie
     * differently, all others' are alike.
     */
    default boolean worksInBlocks(Operation operation) {
        return false;
    }

    /**
     * Whether one kernel of this set does the work of several operations, and leaves what its gradient's needs to know.
     *
     * @param fused the operation that would stand for them
     * @param x shape of its first input
     * @return floats to be kept from the kernel to its gradient's; empty where the set has no such kernels
     */
    default OptionalLong fuses(Operation fused, long... x) {
        return OptionalLong.empty();
    }

    /** The kernel of an operation between these arrays, if the set has one. */
    Optional<Kernel> kernel(Operation operation, INDArray[] in, INDArray[] out);

    /** The kernel of a native ND4J operation (as {@code matmul}) between these arrays, if the set has one. */
    Optional<Kernel> kernel(DynamicCustomOp operation, INDArray[] in, INDArray[] out);
}
