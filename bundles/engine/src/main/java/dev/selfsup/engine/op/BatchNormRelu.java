package dev.selfsup.engine.op;

import dev.selfsup.engine.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation and its rectifier in one pass: as {@link BatchNorm}, and a fourth output in which the kernel leaves where y
 * is positive, in a form of its own. Plans put it in the place of the two where the kernels have it; there is no
 * plain one, because the two are.
 *
 * @param norm the normalisation
 * @param kept floats of the fourth output
 */
public record BatchNormRelu(BatchNorm norm, long kept) implements GradientOperation {
    @Override
    public String name() {
        return "batch_norm_relu";
    }

    @Override
    public int outputs() {
        return 4;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        List<long[]> shapes = new ArrayList<>(norm.shapes(in));
        shapes.add(new long[] {kept});
        return shapes;
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        throw new UnsupportedOperationException(name() + " has fast kernels only");
    }

    /**
     * Its gradient: x, mean, variance, dy, what was kept and, if it scales, the weight, to dx and, if it scales, the gradients of
     * weight and bias.
     *
     * @param norm the normalisation
     */
    public record Gradient(BatchNorm norm) implements GradientOperation {
        @Override
        public String name() {
            return "batch_norm_relu_bp";
        }

        @Override
        public int outputs() {
            return 3;
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            long[] scale = in.size() > 5 ? in.get(5) : new long[] {1};
            return List.of(in.get(0), scale, scale);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            throw new UnsupportedOperationException(name() + " has fast kernels only");
        }
    }
}
