package dev.selfsup.launcher;

import java.util.ServiceLoader;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Tries the CUDA backend on the class path with one operation. Prints {@code ok} with status 0, or why it does not work in one line with status 1. The
 * script runs it in a process of its own, since a backend that does not fit the machine may end the process.
 */
public final class BackendProbe {
    private static final String DRIVER = "libcuda.so.1";
    private static final int SIZE = 8;

    private BackendProbe() {}

    /** Called by the script {@code selfsup}. */
    public static void main(String[] none) {
        String failure = failure();
        System.out.println(failure.isEmpty() ? "ok" : failure);
        System.exit(failure.isEmpty() ? 0 : 1);
    }

    /** Why the backend does not work; empty if it does. */
    private static String failure() {
        try {
            Loader.load(Loader.class);
            Loader.loadGlobal(DRIVER); // before gigabytes of CUDA's own libraries are unpacked
        } catch (LinkageError | RuntimeException e) {
            return DRIVER + " cannot be loaded: install the NVIDIA driver, or start the container with its GPUs (docker run --gpus all)";
        }
        try {
            ServiceLoader.load(Nd4jBackend.class).forEach(Nd4jBackend::isAvailable); // throws why not; ND4J itself only says that there is none
            INDArray ones = Nd4j.ones(SIZE, SIZE);
            double sum = ones.mmul(ones).sumNumber().doubleValue();
            return sum == SIZE * SIZE * SIZE ? "" : "a product of matrices sums up to " + sum + ", not " + SIZE * SIZE * SIZE;
        } catch (LinkageError | RuntimeException e) {
            Throwable leaf = leaf(e);
            return "an operation on the GPU fails: " + (leaf.getMessage() == null ? leaf.toString() : leaf.getMessage().lines().findFirst().orElse(""));
        }
    }

    private static Throwable leaf(Throwable failure) {
        return failure.getCause() == null ? failure : leaf(failure.getCause());
    }
}
