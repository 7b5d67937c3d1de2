package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.any;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.describe;
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
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions in the layouts that oneDNN finds best, reordered from and to plain ones. */
final class ConvolutionKernels {
    private final Convolution of;
    private final long[] x;
    private final long[] weight;
    private final long[] y;
    private final Sequence sequence;

    private ConvolutionKernels(Convolution of, INDArray x, INDArray weight, INDArray y, Sequence sequence) {
        this.of = of;
        this.x = x.shape();
        this.weight = grouped(weight.shape());
        this.y = y.shape();
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

    private convolution_forward.primitive_desc describeForward(boolean bias) {
        int kind = prop_kind.forward_training.value;
        int direct = algorithm.convolution_direct.value;
        return describe(() -> new convolution_forward.primitive_desc(
                bias ? new convolution_forward.desc(kind, direct, any(x), any(weight), layout(y[1]), any(y), strides(), dilation(),
                        padding(), padding())
                        : new convolution_forward.desc(kind, direct, any(x), any(weight), any(y), strides(), dilation(), padding(),
                                padding()),
                attributes(), ENGINE));
    }

    private void forward(INDArray[] in, INDArray out) {
        convolution_forward.primitive_desc description = describeForward(in.length > 2);
        List<Sequence.Argument> arguments = new ArrayList<>();
        arguments.add(argument(DNNL_ARG_SRC, sequence.read(in[0], layout(x), description.src_desc())));
        arguments.add(argument(DNNL_ARG_WEIGHTS, sequence.read(in[1], layout(weight), description.weights_desc())));
        if (in.length > 2) {
            arguments.add(argument(DNNL_ARG_BIAS, sequence.memory(layout(y[1]), in[2])));
        }
        memory target = sequence.target(out, layout(y), description.dst_desc());
        arguments.add(argument(DNNL_ARG_DST, target));
        sequence.add(new convolution_forward(description), description, arguments.toArray(Sequence.Argument[]::new));
        sequence.write(target, out, layout(y), description.dst_desc());
    }

    private void inputGradient(INDArray w, INDArray dy, INDArray dx) {
        convolution_backward_data.primitive_desc description = describe(() -> new convolution_backward_data.primitive_desc(
                new convolution_backward_data.desc(algorithm.convolution_direct.value, any(x), any(weight), any(y), strides(),
                        dilation(), padding(), padding()),
                attributes(), ENGINE, describeForward(false)));
        memory target = sequence.target(dx, layout(x), description.diff_src_desc());
        sequence.add(new convolution_backward_data(description), description,
                argument(DNNL_ARG_WEIGHTS, sequence.read(w, layout(weight), description.weights_desc())),
                argument(DNNL_ARG_DIFF_DST, sequence.read(dy, layout(y), description.diff_dst_desc())),
                argument(DNNL_ARG_DIFF_SRC, target));
        sequence.write(target, dx, layout(x), description.diff_src_desc());
    }

    private void weightGradient(INDArray values, INDArray dy, INDArray dw) {
        convolution_backward_weights.primitive_desc description = describe(() -> new convolution_backward_weights.primitive_desc(
                new convolution_backward_weights.desc(algorithm.convolution_direct.value, any(x), any(weight), any(y), strides(),
                        dilation(), padding(), padding()),
                attributes(), ENGINE, describeForward(false)));
        memory target = sequence.target(dw, layout(weight), description.diff_weights_desc());
        sequence.add(new convolution_backward_weights(description), description,
                argument(DNNL_ARG_SRC, sequence.read(values, layout(x), description.src_desc())),
                argument(DNNL_ARG_DIFF_DST, sequence.read(dy, layout(y), description.diff_dst_desc())),
                argument(DNNL_ARG_DIFF_WEIGHTS, target));
        sequence.write(target, dw, layout(weight), description.diff_weights_desc());
    }
}
