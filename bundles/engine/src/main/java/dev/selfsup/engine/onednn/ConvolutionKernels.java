package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Images.layoutOf;
import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.any;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.selfsup.engine.op.Convolution;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions in the layouts that oneDNN finds best, which are those of images in blocks; others are reordered. Of 3x3 kernels
 * that move by one place the larger ones are computed by Winograd's algorithm F(4x4, 3x3) with a quarter of the products (Lavin and Gray 2016,
 * <a href="https://arxiv.org/abs/1509.09308">arXiv:1509.09308</a>), which oneDNN has for processors with AVX-512.
 */
final class ConvolutionKernels {
    /** Side of the tiles of results that Winograd's algorithm computes at once. */
    private static final long TILE = 4;
    /** Below, the direct algorithm is as fast: transforming inputs is not paid back by fewer products. */
    private static final long FEWEST_CHANNELS = 32;
    /** Below, transforming the weights is not paid back. */
    private static final int FEWEST_TILES = 64;

    private final Convolution of;
    private final long[] x;
    private final long[] weight;
    private final long[] y;
    private final Sequence sequence;

    private ConvolutionKernels(Convolution of, INDArray x, INDArray weight, INDArray y, Sequence sequence) {
        this.of = of;
        this.x = Images.shape(x);
        this.weight = grouped(weight.shape());
        this.y = Images.shape(y);
        this.sequence = sequence;
    }

    static void forward(Convolution of, INDArray[] in, INDArray[] out, Sequence sequence) {
        new ConvolutionKernels(of, in[0], in[1], out[0], sequence).forward(in, out[0]);
    }

    static void inputGradient(Convolution.InputGradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        new ConvolutionKernels(gradient.of(), out[0], in[0], in[1], sequence).inputGradient(in[0], in[1], out[0]);
    }

    static void weightGradient(Convolution.WeightGradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        new ConvolutionKernels(gradient.of(), in[0], out[0], in[1], sequence).weightGradient(in[0], in[1], out[0]);
    }

    private long[] grouped(long[] shape) {
        int groups = of.groups();
        return groups == 1 ? shape : new long[] {groups, shape[0] / groups, shape[1], shape[2], shape[3]};
    }

    private long[] strides() {
        return new long[] {of.strideH(), of.strideW()};
    }

    private long[] dilation() {
        return new long[] {of.dilationH() - 1, of.dilationW() - 1};
    }

    private long[] padding() {
        return new long[] {of.paddingH(), of.paddingW()};
    }

    /** Describes a primitive by Winograd's algorithm where that pays and oneDNN has it, else by the direct one. */
    private <T> T describe(int fewestTiles, IntFunction<T> description) {
        if (winogradFits() && tiles() >= fewestTiles) {
            try {
                return Sequence.describe(() -> description.apply(algorithm.convolution_winograd.value));
            } catch (Sequence.Unsupported e) {
                return Sequence.describe(() -> description.apply(algorithm.convolution_direct.value));
            }
        }
        return Sequence.describe(() -> description.apply(algorithm.convolution_direct.value));
    }

    private boolean winogradFits() {
        boolean square = weight.length == 4 && weight[2] == 3 && weight[3] == 3;
        boolean dense = of.strideH() == 1 && of.strideW() == 1 && of.dilationH() == 1 && of.dilationW() == 1;
        return square && dense && of.paddingH() == of.paddingW() && of.paddingH() <= 1 && Math.min(x[1], y[1]) >= FEWEST_CHANNELS;
    }

    /** Tiles of Winograd's algorithm in the results. */
    private long tiles() {
        return y[0] * ((y[2] + TILE - 1) / TILE) * ((y[3] + TILE - 1) / TILE);
    }

    private convolution_forward.primitive_desc describeForward(int algorithm, boolean bias) {
        int kind = prop_kind.forward_training.value;
        return new convolution_forward.primitive_desc(
                bias ? new convolution_forward.desc(kind, algorithm, any(x), any(weight), layout(y[1]), any(y), strides(), dilation(),
                        padding(), padding())
                        : new convolution_forward.desc(kind, algorithm, any(x), any(weight), any(y), strides(), dilation(), padding(),
                                padding()),
                attributes(), ENGINE);
    }

    private void forward(INDArray[] in, INDArray out) {
        convolution_forward.primitive_desc description = describe(FEWEST_TILES, a -> describeForward(a, in.length > 2));
        List<Sequence.Argument> arguments = new ArrayList<>();
        arguments.add(argument(DNNL_ARG_SRC, sequence.read(in[0], layoutOf(in[0]), description.src_desc())));
        arguments.add(argument(DNNL_ARG_WEIGHTS, sequence.read(in[1], layout(weight), description.weights_desc())));
        if (in.length > 2) {
            arguments.add(argument(DNNL_ARG_BIAS, sequence.memory(layout(y[1]), in[2])));
        }
        memory target = sequence.target(out, layoutOf(out), description.dst_desc());
        arguments.add(argument(DNNL_ARG_DST, target));
        sequence.add(new convolution_forward(description), description, arguments.toArray(Sequence.Argument[]::new));
        sequence.write(target, out, layoutOf(out), description.dst_desc());
    }

    private void inputGradient(INDArray w, INDArray dy, INDArray dx) {
        convolution_backward_data.primitive_desc description = describe(FEWEST_TILES, a -> new convolution_backward_data.primitive_desc(
                new convolution_backward_data.desc(a, any(x), any(weight), any(y), strides(), dilation(), padding(), padding()),
                attributes(), ENGINE, describeForward(a, false)));
        memory target = sequence.target(dx, layoutOf(dx), description.diff_src_desc());
        sequence.add(new convolution_backward_data(description), description,
                argument(DNNL_ARG_WEIGHTS, sequence.read(w, layout(weight), description.weights_desc())),
                argument(DNNL_ARG_DIFF_DST, sequence.read(dy, layoutOf(dy), description.diff_dst_desc())),
                argument(DNNL_ARG_DIFF_SRC, target));
        sequence.write(target, dx, layoutOf(dx), description.diff_src_desc());
    }

    private void weightGradient(INDArray values, INDArray dy, INDArray dw) {
        convolution_backward_weights.primitive_desc description = describe(0, a -> new convolution_backward_weights.primitive_desc(
                new convolution_backward_weights.desc(a, any(x), any(weight), any(y), strides(), dilation(), padding(), padding()),
                attributes(), ENGINE, describeForward(a, false)));
        memory target = sequence.target(dw, layout(weight), description.diff_weights_desc());
        sequence.add(new convolution_backward_weights(description), description,
                argument(DNNL_ARG_SRC, sequence.read(values, layoutOf(values), description.src_desc())),
                argument(DNNL_ARG_DIFF_DST, sequence.read(dy, layoutOf(dy), description.diff_dst_desc())),
                argument(DNNL_ARG_DIFF_WEIGHTS, target));
        sequence.write(target, dw, layout(weight), description.diff_weights_desc());
    }
}
