package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Two-dimensional convolution (cross-correlation) with zero padding: x [N, C, H, W], weight [O, C / groups, kh, kw] and
 * optionally bias [O] to [N, O, OH, OW] with {@code OH = (H + 2 paddingH - dilationH (kh - 1) - 1) / strideH + 1}.
 *
 * @param strideH rows between outputs
 * @param strideW columns between outputs
 * @param paddingH rows of zeros added above and below
 * @param paddingW columns of zeros added left and right
 * @param dilationH rows between elements of the kernel
 * @param dilationW columns between elements of the kernel
 * @param groups parts of the channels that are convolved apart from each other
 */
public record Convolution(int strideH, int strideW, int paddingH, int paddingW, int dilationH, int dilationW, int groups)
        implements Operation {
    @Override
    public String name() {
        return "convolution";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] x = in.get(0);
        long[] w = in.get(1);
        if (x.length != 4 || w.length != 4 || x[1] != w[1] * groups || w[0] % groups != 0) {
            throw new IllegalArgumentException("a convolution in " + groups + " groups of " + Arrays.toString(x) + " by weights "
                    + Arrays.toString(w) + " is not possible");
        }
        return List.of(new long[] {x[0], w[0], size(x[2], w[2], strideH, paddingH, dilationH),
            size(x[3], w[3], strideW, paddingW, dilationW)});
    }

    private static long size(long size, long kernel, int stride, int padding, int dilation) {
        return (size + 2L * padding - dilation * (kernel - 1) - 1) / stride + 1;
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        SDVariable x = in.get(0);
        SDVariable weight = in.get(1);
        SDVariable dy = gradients.get(0);
        List<SDVariable> result = new ArrayList<>();
        result.add(graph.apply(new InputGradient(this, List.of(box(graph.shape(x)))), weight, dy));
        result.add(graph.apply(new WeightGradient(this, List.of(box(graph.shape(weight)))), x, dy));
        if (in.size() > 2) {
            result.add(graph.apply(new ChannelSum(), dy));
        }
        return result;
    }

    private static Long[] box(long[] shape) {
        return Arrays.stream(shape).boxed().toArray(Long[]::new);
    }

    private static long[] unbox(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        if (dilated()) {
            new DilatedConvolution(this, steps).forward(in[0], in[1], out[0]);
        }
        for (int g = 0; g < groups && !dilated(); g++) {
            INDArray x = read(steps, in[0], g);
            INDArray y = groups == 1 ? out[0] : Steps.temporary(part(out[0]));
            steps.then("conv2d", List.of(x, filters(in[1], g)), List.of(y), arguments(in[1].shape()));
            write(steps, y, out[0], g);
        }
        if (in.length > 2) {
            steps.add(out[0], Views.shaped(in[2], 1, in[2].length(), 1, 1), out[0]);
        }
        return steps;
    }

    private boolean dilated() {
        return dilationH > 1 || dilationW > 1;
    }

    /** Arguments of the native operations: NCHW, weights OIHW. */
    private long[] arguments(long[] weight) {
        return new long[] {weight[2], weight[3], strideH, strideW, paddingH, paddingW, dilationH, dilationW, 0, 0, 1};
    }

    private long[] part(INDArray array) {
        long[] shape = array.shape().clone();
        shape[1] /= groups;
        return shape;
    }

    private INDArray channels(INDArray array, int group) {
        long[] shape = part(array);
        return Views.of(array, group * shape[1] * shape[2] * shape[3], shape, Nd4j.getStrides(array.shape(), 'c'));
    }

    private INDArray filters(INDArray weight, int group) {
        long[] shape = weight.shape().clone();
        shape[0] /= groups;
        return Views.of(weight, group * shape[0] * shape[1] * shape[2] * shape[3], shape, Nd4j.getStrides(shape, 'c'));
    }

    private INDArray read(Steps steps, INDArray array, int group) {
        return groups == 1 ? array : steps.copy(channels(array, group), Steps.temporary(part(array)));
    }

    private void write(Steps steps, INDArray from, INDArray array, int group) {
        if (groups > 1) {
            steps.copy(from, channels(array, group));
        }
    }

    /**
     * Gradient by the input: weight, dy to dx.
     *
     * @param of the convolution
     * @param shape shape of x
     */
    public record InputGradient(Convolution of, List<Long> shape) implements GradientOperation {
        @Override
        public String name() {
            return "convolution_dx";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(unbox(shape));
        }

        /** Both gradients are computed and one is kept: ND4J's operation for this one alone is ten times slower. */
        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            if (of.dilated()) {
                new DilatedConvolution(of, steps).inputGradient(in[0], in[1], out[0]);
                return steps;
            }
            for (int g = 0; g < of.groups; g++) {
                INDArray dx = of.groups == 1 ? out[0] : Steps.temporary(of.part(out[0]));
                INDArray weight = of.filters(in[0], g);
                List<INDArray> from = List.of(Steps.temporary(dx.shape()), weight, of.read(steps, in[1], g));
                steps.then("conv2d_bp", from, List.of(dx, Steps.temporary(weight.shape())), of.arguments(in[0].shape()));
                of.write(steps, dx, out[0], g);
            }
            return steps;
        }
    }

    /**
     * Gradient by the weight: x, dy to dw.
     *
     * @param of the convolution
     * @param shape shape of the weight
     */
    public record WeightGradient(Convolution of, List<Long> shape) implements GradientOperation {
        @Override
        public String name() {
            return "convolution_dw";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(unbox(shape));
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            if (of.dilated()) {
                new DilatedConvolution(of, steps).weightGradient(in[0], in[1], out[0]);
                return steps;
            }
            INDArray unused = Steps.temporary(of.part(in[0]));
            for (int g = 0; g < of.groups; g++) {
                INDArray dw = of.filters(out[0], g);
                List<INDArray> from = List.of(of.read(steps, in[0], g), dw.dup(), of.read(steps, in[1], g));
                steps.then("conv2d_bp", from, List.of(unused, dw), of.arguments(out[0].shape()));
            }
            return steps;
        }
    }
}
