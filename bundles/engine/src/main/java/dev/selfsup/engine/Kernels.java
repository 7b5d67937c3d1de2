package dev.selfsup.engine;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

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

    /** The kernel of an operation between these arrays, if the set has one. */
    Optional<Kernel> kernel(Operation operation, INDArray[] in, INDArray[] out);

    /** The kernel of a native ND4J operation (as {@code matmul}) between these arrays, if the set has one. */
    Optional<Kernel> kernel(DynamicCustomOp operation, INDArray[] in, INDArray[] out);
}
