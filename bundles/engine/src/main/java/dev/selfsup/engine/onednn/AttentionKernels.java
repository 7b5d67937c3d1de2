package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.describe;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.selfsup.engine.Views;
import dev.selfsup.engine.op.Attention;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Attention by products of strided views of the packed array, without copies. A few sequences are worked on at a time, so
 * that their scores are still in the cache when they are needed again; so the gradient computes the probabilities again at little cost.
 */
final class AttentionKernels {
    /** Floats of scores that are worked on at a time: half of a core's second level cache. */
    private static final long CACHED = 1 << 17;

    private final Attention of;
    private final Sequence sequence;
    private final long length;
    private final long heads;
    private final long width;
    private final long scores;

    private AttentionKernels(Attention of, INDArray packed, Sequence sequence) {
        this.of = of;
        this.sequence = sequence;
        this.length = of.length();
        this.heads = of.heads();
        this.width = packed.size(1) / 3 / heads;
        this.scores = heads * length * length;
    }

    static void forward(Attention of, INDArray[] in, INDArray[] out, Sequence sequence) {
        AttentionKernels kernels = new AttentionKernels(of, in[0], sequence);
        kernels.each(in[0], in.length > 1, (first, count) -> kernels.forward(in, out, first, count));
    }

    static void gradient(Attention.Gradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        AttentionKernels kernels = new AttentionKernels(gradient.of(), in[0], sequence);
        memory.desc square = kernels.square(kernels.atOnce(in[0], gradient.biased()), false);
        memory probabilities = sequence.temporary(square);
        memory slopes = sequence.temporary(square);
        kernels.each(in[0], gradient.biased(), (first, count) -> kernels.backward(in, out, probabilities, slopes, first, count));
    }

    /** Does something to some sequences. */
    private interface Body {
        void accept(long first, long count);
    }

    private void each(INDArray packed, boolean biased, Body body) {
        long batch = packed.size(0) / length;
        long step = atOnce(packed, biased);
        for (long first = 0; first < batch; first += step) {
            body.accept(first, Math.min(step, batch - first));
        }
    }

    /** Sequences that are worked on at a time; one, where a bias is added and its gradient summed. */
    private long atOnce(INDArray packed, boolean biased) {
        return biased ? 1 : Math.max(1, Math.min(packed.size(0) / length, CACHED / scores));
    }

    private void forward(INDArray[] in, INDArray[] out, long first, long count) {
        INDArray start = Views.at(out[1], first * scores, 1);
        memory probabilities = sequence.memory(square(count, false), start);
        probabilities(in[0], in.length > 1 ? in[1] : null, probabilities, sequence.memory(rows(count), start), first, count);
        multiply(probabilities, part(in[0], 2, first, count, false), merged(out[0], first, count), 1, null);
    }

    /** Probabilities of some sequences, [count, H, N, N], in memory that is known as rows too. */
    private void probabilities(INDArray packed, INDArray bias, memory square, memory rows, long first, long count) {
        memory added = bias == null ? null : sequence.memory(layout(1, heads, length, length), bias);
        multiply(part(packed, 0, first, count, false), part(packed, 1, first, count, true), square, of.scale(), added);
        ElementKernels.softmax(rows, sequence);
    }

    private void backward(INDArray[] in, INDArray[] out, memory probabilities, memory slopes, long first, long count) {
        memory dy = merged(in[1], first, count);
        memory rows = sequence.shared(rows(count), probabilities);
        memory ofScores = shared(slopes, count, false);
        probabilities(in[0], in.length > 2 ? in[2] : null, shared(probabilities, count, false), rows, first, count);
        multiply(shared(probabilities, count, true), dy, part(out[0], 2, first, count, false), 1, null);
        multiply(dy, part(in[0], 2, first, count, true), ofScores, 1, null);
        ElementKernels.softmaxGradient(rows, sequence.shared(rows(count), slopes), sequence);
        if (out.length > 1) {
            sum(ofScores, sequence.memory(layout(1, heads, length, length), out[1]), first == 0);
        }
        multiply(ofScores, part(in[0], 1, first, count, false), part(out[0], 0, first, count, false), of.scale(), null);
        multiply(shared(slopes, count, true), part(in[0], 0, first, count, false), part(out[0], 1, first, count, false), of.scale(), null);
    }

    private void sum(memory part, memory total, boolean first) {
        if (first) {
            sequence.reorder(part, total);
        } else {
            ElementKernels.add(part, total, total, sequence);
        }
    }

    /** Queries, keys or values of some sequences, [count, H, N, D], or [count, H, D, N]. */
    private memory part(INDArray packed, int third, long first, long count, boolean transposed) {
        long row = 3 * heads * width;
        return view(packed, first * length * row + third * heads * width, row, count, transposed);
    }

    /** Results of some sequences, [count, H, N, D]. */
    private memory merged(INDArray array, long first, long count) {
        long row = heads * width;
        return view(array, first * length * row, row, count, false);
    }

    private memory view(INDArray array, long offset, long row, long count, boolean transposed) {
        INDArray start = Views.at(array, offset, 1);
        return sequence.memory(transposed
                ? layout(new long[] {count, heads, width, length}, new long[] {length * row, width, 1, row})
                : layout(new long[] {count, heads, length, width}, new long[] {length * row, width, row, 1}), start);
    }

    /** Scores of some sequences as rows. */
    private memory.desc rows(long count) {
        return layout(count * heads * length, length);
    }

    private memory shared(memory scores, long count, boolean transposed) {
        return sequence.shared(square(count, transposed), scores);
    }

    private memory.desc square(long count, boolean transposed) {
        long[] strides = {scores, length * length, transposed ? 1 : length, transposed ? length : 1};
        return layout(new long[] {count, heads, length, length}, strides);
    }

    private void multiply(memory a, memory b, memory c, double factor, memory bias) {
        primitive_attr attributes = Sequence.attributes();
        if (factor != 1) {
            attributes.set_output_scales(0, new float[] {(float) factor});
        }
        List<Sequence.Argument> arguments = new ArrayList<>();
        if (bias != null) {
            post_ops added = new post_ops();
            added.append_binary(algorithm.binary_add, bias.get_desc());
            attributes.set_post_ops(added);
            arguments.add(argument(DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | DNNL_ARG_SRC_1, bias));
        }
        matmul.primitive_desc description = describe(() -> new matmul.primitive_desc(
                new matmul.desc(a.get_desc(), b.get_desc(), c.get_desc()), attributes, ENGINE));
        arguments.add(argument(DNNL_ARG_SRC, a));
        arguments.add(argument(DNNL_ARG_WEIGHTS, b));
        arguments.add(argument(DNNL_ARG_DST, c));
        sequence.add(new matmul(description), description, arguments.toArray(Sequence.Argument[]::new));
    }
}
