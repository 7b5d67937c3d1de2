package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Max pooling that keeps which element of each window was largest, in a form of the kernel's own, so that its gradient does not look
 * for it again: x [N, C, H, W] to [N, C, OH, OW] and what is kept. Plans put it in the place of {@link MaxPool} where the kernels
 * have it; there is no plain one, because that is.
 *
 * @param window the window
 * @param kept floats of the second output
 */
public record IndexedMaxPool(Window window, long kept) implements GradientOperation {
    @Override
    public String name() {
        return "max_pool";
    }

    @Override
    public int outputs() {
        return 2;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(window.output(in.get(0)), new long[] {kept});
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        throw new UnsupportedOperationException(name() + " that keeps its places has fast kernels only");
    }

    /**
     * Its gradient: what was kept, dy to dx.
     *
     * @param window the window
     * @param shape shape of x
     */
    public record Gradient(Window window, long... shape) implements GradientOperation {
        @Override
        public String name() {
            return "max_pool_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(shape);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            throw new UnsupportedOperationException(name() + " by kept places has fast kernels only");
        }
    }
}
