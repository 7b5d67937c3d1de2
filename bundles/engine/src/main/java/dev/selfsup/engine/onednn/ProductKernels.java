package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.describe;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.selfsup.engine.op.ChannelSum;
import dev.selfsup.engine.op.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Products of matrices, in which a transpose is a stride, and permutations. */
final class ProductKernels {
    private ProductKernels() {}

    static void linear(Linear of, INDArray[] in, INDArray[] out, Sequence sequence) {
        product(in[0], false, in[1], true, in.length > 2 ? in[2] : null, out[0], sequence);
    }

    static void linearGradient(Linear.Product of, INDArray[] in, INDArray[] out, Sequence sequence) {
        product(in[0], of.transposed(), in[1], false, null, out[0], sequence);
    }

    static void channelSum(ChannelSum of, INDArray[] in, INDArray[] out, Sequence sequence) {
        if (in[0].rank() != 2) {
            throw new Sequence.Unsupported(of.name(), null);
        }
        sumRows(in[0], out[0], sequence);
    }

    /** The sum of rows is a product with ones from the left: with two rows of them, as a product of one row is not computed. */
    static void sumRows(INDArray rows, INDArray sum, Sequence sequence) {
        sumRows(operand(rows, false, sequence), rows.size(0), sum, sequence);
    }

    /** The sum of rows [count, C]. */
    static void sumRows(memory rows, long count, INDArray sum, Sequence sequence) {
        INDArray ones = Nd4j.ones(DataType.FLOAT, 2, count);
        memory sums = sequence.temporary(layout(2, sum.length()));
        multiply(sequence.memory(layout(ones.shape()), ones), rows, null, sums, sequence);
        memory.desc row = layout(sum.length());
        sequence.reorder(sequence.shared(row, sums), sequence.memory(row, sum));
    }

    /** ND4J's matmul: flags say which operands are transposed. */
    static void matmul(DynamicCustomOp of, INDArray[] in, INDArray[] out, Sequence sequence) {
        long[] flags = of.iArgs();
        double[] scales = of.tArgs();
        boolean plain = in.length == 2 && in[0].rank() >= 2 && in[0].rank() == in[1].rank()
                && (flags.length < 3 || flags[2] == 0) && (scales.length < 1 || scales[0] == 1) && (scales.length < 2 || scales[1] == 0);
        if (!plain) {
            throw new Sequence.Unsupported("matmul", null);
        }
        product(in[0], flags.length > 0 && flags[0] == 1, in[1], flags.length > 1 && flags[1] == 1, null, out[0], sequence);
    }

    private static void product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray bias, INDArray c,
            Sequence sequence) {
        if (c.rank() == 2 && c.size(0) == 1) {
            row(a, transposeA, b, transposeB, bias, c, sequence);
            return;
        }
        memory biasMemory = null;
        if (bias != null) {
            biasMemory = sequence.memory(layout(1, bias.length()), bias);
        }
        multiply(operand(a, transposeA, sequence), operand(b, transposeB, sequence), biasMemory,
                sequence.memory(layout(c.shape()), c), sequence);
    }

    /** A product of one row, which oneDNN describes but then refuses to compute: its transpose is computed. */
    private static void row(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray bias, INDArray c,
            Sequence sequence) {
        if (bias != null) {
            throw new Sequence.Unsupported("a product of one row with a bias", null);
        }
        multiply(operand(b, !transposeB, sequence), operand(a, !transposeA, sequence), null,
                sequence.memory(layout(c.size(1), 1), c), sequence);
    }

    private static memory operand(INDArray array, boolean transposed, Sequence sequence) {
        long[] shape = array.shape().clone();
        long[] strides = Nd4j.getStrides(shape, 'c');
        if (transposed) {
            swapLast(shape);
            swapLast(strides);
        }
        return sequence.memory(layout(shape, strides), array);
    }

    private static void swapLast(long[] values) {
        long last = values[values.length - 1];
        values[values.length - 1] = values[values.length - 2];
        values[values.length - 2] = last;
    }

    static void multiply(memory a, memory b, memory bias, memory c, Sequence sequence) {
        matmul.primitive_desc description = describe(() -> new matmul.primitive_desc(
                bias == null ? new matmul.desc(a.get_desc(), b.get_desc(), c.get_desc())
                        : new matmul.desc(a.get_desc(), b.get_desc(), bias.get_desc(), c.get_desc()),
                attributes(), ENGINE));
        List<Sequence.Argument> arguments = new ArrayList<>();
        arguments.add(argument(DNNL_ARG_SRC, a));
        arguments.add(argument(DNNL_ARG_WEIGHTS, b));
        arguments.add(argument(DNNL_ARG_DST, c));
        if (bias != null) {
            arguments.add(argument(DNNL_ARG_BIAS, bias));
        }
        sequence.add(new matmul(description), description, arguments.toArray(Sequence.Argument[]::new));
    }

    static void permute(DynamicCustomOp of, INDArray[] in, INDArray[] out, Sequence sequence) {
        int rank = in[0].rank();
        long[] order = of.iArgs();
        if (in.length != 1 || order.length != rank || Arrays.stream(order).anyMatch(d -> d < 0)) {
            throw new Sequence.Unsupported("permute", null);
        }
        long[] all = Nd4j.getStrides(in[0].shape(), 'c');
        long[] strides = Arrays.stream(order).map(d -> all[(int) d]).toArray();
        sequence.reorder(sequence.memory(layout(out[0].shape(), strides), in[0]), sequence.memory(layout(out[0].shape()), out[0]));
    }
}
