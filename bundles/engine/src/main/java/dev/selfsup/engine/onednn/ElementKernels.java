package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.describe;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.op.AddRelu;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.engine.op.Softmax;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.logsoftmax_backward;
import org.bytedeco.dnnl.logsoftmax_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Rectifier, GELU, the softmaxes and sums. */
final class ElementKernels {
    private static final int TRAINING = prop_kind.forward_training.value;

    private ElementKernels() {}

    static void relu(Relu of, INDArray[] in, INDArray[] out, Sequence sequence) {
        forward(algorithm.eltwise_relu.value, in[0], out[0], sequence);
    }

    static void reluGradient(Relu.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        backward(algorithm.eltwise_relu.value, in, out[0], sequence);
    }

    static void addRelu(AddRelu of, INDArray[] in, INDArray[] out, Sequence sequence) {
        post_ops rectified = new post_ops();
        rectified.append_eltwise(1, algorithm.eltwise_relu.value, 0, 0);
        primitive_attr attributes = attributes();
        attributes.set_post_ops(rectified);
        sum(in, out[0], attributes, sequence);
    }

    /** ND4J's add, of arrays of one shape. */
    static void add(DynamicCustomOp of, INDArray[] in, INDArray[] out, Sequence sequence) {
        boolean alike = in.length == 2 && Arrays.equals(in[0].shape(), in[1].shape());
        if (!alike || out[0].rank() == 0) {
            throw new Sequence.Unsupported("a sum that repeats elements", null);
        }
        sum(in, out[0], attributes(), sequence);
    }

    private static void sum(INDArray[] in, INDArray out, primitive_attr attributes, Sequence sequence) {
        memory.desc flat = layout(out.length());
        sum(sequence.memory(flat, in[0]), sequence.memory(flat, in[1]), sequence.memory(flat, out), attributes, sequence);
    }

    private static void sum(memory a, memory b, memory sum, primitive_attr attributes, Sequence sequence) {
        binary.primitive_desc description = describe(() -> new binary.primitive_desc(
                new binary.desc(algorithm.binary_add.value, a.get_desc(), b.get_desc(), sum.get_desc()), attributes, ENGINE));
        sequence.add(new binary(description), description, argument(DNNL_ARG_SRC_0, a), argument(DNNL_ARG_SRC_1, b),
                argument(DNNL_ARG_DST, sum));
    }

    static void gelu(Gelu of, INDArray[] in, INDArray[] out, Sequence sequence) {
        forward(algorithm.eltwise_gelu_erf.value, in[0], out[0], sequence);
    }

    static void geluGradient(Gelu.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        backward(algorithm.eltwise_gelu_erf.value, in, out[0], sequence);
    }

    private static eltwise_forward.primitive_desc describeForward(int algorithm, INDArray x) {
        return describe(() -> new eltwise_forward.primitive_desc(
                new eltwise_forward.desc(TRAINING, algorithm, layout(x.length()), 0, 0), attributes(), ENGINE));
    }

    private static void forward(int algorithm, INDArray x, INDArray y, Sequence sequence) {
        eltwise_forward.primitive_desc description = describeForward(algorithm, x);
        memory.desc flat = layout(x.length());
        sequence.add(new eltwise_forward(description), description, argument(DNNL_ARG_SRC, sequence.memory(flat, x)),
                argument(DNNL_ARG_DST, sequence.memory(flat, y)));
    }

    private static void backward(int algorithm, INDArray[] in, INDArray dx, Sequence sequence) {
        memory.desc flat = layout(dx.length());
        eltwise_backward.primitive_desc description = describe(() -> new eltwise_backward.primitive_desc(
                new eltwise_backward.desc(algorithm, flat, flat, 0, 0), attributes(), ENGINE, describeForward(algorithm, dx)));
        sequence.add(new eltwise_backward(description), description, argument(DNNL_ARG_SRC, sequence.memory(flat, in[0])),
                argument(DNNL_ARG_DIFF_DST, sequence.memory(flat, in[1])), argument(DNNL_ARG_DIFF_SRC, sequence.memory(flat, dx)));
    }

    static void softmax(Softmax of, INDArray[] in, INDArray[] out, Sequence sequence) {
        softmax_forward.primitive_desc description = describeSoftmax(layout(in[0].shape()));
        rows(new softmax_forward(description), description, in[0], out[0], sequence);
    }

    /** A row less the logarithm of its sum, which the softmax of its largest element tells: oneDNN's own logarithm errs by 4e-6, which gradients of losses show. */
    static void logSoftmax(LogSoftmax of, INDArray[] in, INDArray[] out, Sequence sequence) {
        softmax_forward.primitive_desc description = describeSoftmax(layout(in[0].shape()));
        rows(new softmax_forward(description), description, in[0], out[0], sequence);
        FloatBuffer x = HostCopy.buffer(in[0]);
        FloatBuffer y = HostCopy.buffer(out[0]);
        float[] row = new float[Math.toIntExact(in[0].size(1))];
        sequence.last(() -> {
            for (int start = 0; start < x.limit(); start += row.length) {
                x.get(start, row);
                int largest = largest(row);
                subtract(row, row[largest] - Math.log(y.get(start + largest)));
                y.put(start, row);
            }
        });
    }

    private static int largest(float[] row) {
        int largest = 0;
        for (int k = 1; k < row.length; k++) {
            if (row[k] > row[largest]) {
                largest = k;
            }
        }
        return largest;
    }

    private static void subtract(float[] row, double number) {
        for (int k = 0; k < row.length; k++) {
            row[k] = (float) (row[k] - number);
        }
    }

    private static softmax_forward.primitive_desc describeSoftmax(memory.desc rows) {
        return describe(() -> new softmax_forward.primitive_desc(new softmax_forward.desc(TRAINING, rows, 1), attributes(), ENGINE));
    }

    private static logsoftmax_forward.primitive_desc describeLogSoftmax(INDArray x) {
        return describe(() -> new logsoftmax_forward.primitive_desc(new logsoftmax_forward.desc(TRAINING, layout(x.shape()), 1),
                attributes(), ENGINE));
    }

    private static void rows(primitive primitive, primitive_desc_base description, INDArray x, INDArray y, Sequence sequence) {
        sequence.add(primitive, description, argument(DNNL_ARG_SRC, sequence.memory(layout(x.shape()), x)),
                argument(DNNL_ARG_DST, sequence.memory(layout(y.shape()), y)));
    }

    /** Softmax of rows [R, C] in place. */
    static void softmax(memory rows, Sequence sequence) {
        softmax_forward.primitive_desc description = describeSoftmax(rows.get_desc());
        sequence.add(new softmax_forward(description), description, argument(DNNL_ARG_SRC, rows), argument(DNNL_ARG_DST, rows));
    }

    static void softmaxGradient(Softmax.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        softmax_backward.primitive_desc description = describeSoftmaxGradient(layout(in[0].shape()));
        rowsGradient(new softmax_backward(description), description, in, out[0], sequence);
    }

    /** Gradient of the softmax of rows [R, C], in place: y, dy to dx. */
    static void softmaxGradient(memory y, memory dy, Sequence sequence) {
        softmax_backward.primitive_desc description = describeSoftmaxGradient(y.get_desc());
        sequence.add(new softmax_backward(description), description, argument(DNNL_ARG_DST, y),
                argument(DNNL_ARG_DIFF_DST, dy), argument(DNNL_ARG_DIFF_SRC, dy));
    }

    private static softmax_backward.primitive_desc describeSoftmaxGradient(memory.desc rows) {
        return describe(() -> new softmax_backward.primitive_desc(new softmax_backward.desc(rows, rows, 1), attributes(), ENGINE,
                describeSoftmax(rows)));
    }

    /** The sum of two arrays of one layout; it may lie where one of them is. */
    static void add(memory a, memory b, memory sum, Sequence sequence) {
        sum(a, b, sum, attributes(), sequence);
    }

    static void logSoftmaxGradient(LogSoftmax.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        memory.desc rows = layout(in[0].shape());
        logsoftmax_backward.primitive_desc description = describe(() -> new logsoftmax_backward.primitive_desc(
                new logsoftmax_backward.desc(rows, rows, 1), attributes(), ENGINE, describeLogSoftmax(in[0])));
        rowsGradient(new logsoftmax_backward(description), description, in, out[0], sequence);
    }

    private static void rowsGradient(primitive primitive, primitive_desc_base description, INDArray[] in, INDArray dx,
            Sequence sequence) {
        memory.desc rows = layout(dx.shape());
        sequence.add(primitive, description, argument(DNNL_ARG_DST, sequence.memory(rows, in[0])),
                argument(DNNL_ARG_DIFF_DST, sequence.memory(rows, in[1])), argument(DNNL_ARG_DIFF_SRC, sequence.memory(rows, dx)));
    }
}
