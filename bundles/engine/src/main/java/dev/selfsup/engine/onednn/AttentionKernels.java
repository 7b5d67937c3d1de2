package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.describe;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.selfsup.engine.Views;
import dev.selfsup.engine.op.Attention;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
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
    private final long batch;
    private final long groups;

    private AttentionKernels(Attention of, INDArray packed, INDArray bias, Sequence sequence) {
        this.of = of;
        this.sequence = sequence;
        this.length = of.length();
        this.heads = of.heads();
        this.width = packed.size(1) / 3 / heads;
        this.scores = heads * length * length;
        this.batch = packed.size(0) / length;
        this.groups = bias == null ? 1 : Attention.groups(bias);
    }

    static void forward(Attention of, INDArray[] in, INDArray[] out, Sequence sequence) {
        INDArray bias = in.length > 1 ? in[1] : null;
        AttentionKernels kernels = new AttentionKernels(of, in[0], bias, sequence);
        kernels.each((first, count) -> kernels.forward(in[0], bias, out, first, count));
    }

    static void gradient(Attention.Gradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        INDArray bias = in.length > 2 ? in[2] : null;
        AttentionKernels kernels = new AttentionKernels(gradient.of(), in[0], bias, sequence);
        memory.desc square = kernels.square(kernels.atOnce(), false);
        memory probabilities = sequence.temporary(square);
        memory slopes = sequence.temporary(square);
        memory total = kernels.rounds(kernels.atOnce()) > 1 && bias != null ? sequence.temporary(square) : null;
        kernels.each((first, count) -> {
            kernels.backward(in, bias, out, probabilities, slopes, first, count);
            if (bias != null) {
                kernels.sum(slopes, total, out[1], first, count);
            }
        });
        if (total != null) {
            long rounds = kernels.rounds(kernels.atOnce());
            ProductKernels.sumRows(sequence.shared(layout(rounds, out[1].length()), total), rounds, out[1], sequence);
        }
    }

    /** Does something to some sequences. */
    private interface Body {
        void accept(long first, long count);
    }

    private void each(Body body) {
        long step = atOnce();
        for (long first = 0; first < batch; first += step) {
            body.accept(first, Math.min(step, batch - first));
        }
    }

    /** Sequences that are worked on at a time: whole rounds of those whose biases differ, or a part of a round. */
    private long atOnce() {
        long fit = Math.max(1, Math.min(batch, CACHED / scores));
        if (groups <= fit) {
            return fit / groups * groups;
        }
        while (groups % fit != 0) {
            fit--;
        }
        return fit;
    }

    /** How often each bias is used by some sequences at a time. */
    private long rounds(long count) {
        return Math.max(1, count / groups);
    }

    private void forward(INDArray packed, INDArray bias, INDArray[] out, long first, long count) {
        INDArray start = Views.at(out[1], first * scores, 1);
        memory probabilities = sequence.memory(square(count, false), start);
        multiply(part(packed, 0, first, count, false), part(packed, 1, first, count, true), probabilities, of.scale());
        if (bias != null) {
            memory byBias = sequence.memory(byBias(count), start);
            ElementKernels.add(byBias, bias(bias, first, count), byBias, sequence);
        }
        ElementKernels.softmax(sequence.memory(rows(count), start), sequence);
        multiply(probabilities, part(packed, 2, first, count, false), merged(out[0], first, count), 1);
    }

    private void backward(INDArray[] in, INDArray bias, INDArray[] out, memory probabilities, memory slopes, long first, long count) {
        memory dy = merged(in[1], first, count);
        memory rows = sequence.shared(rows(count), probabilities);
        memory ofScores = shared(slopes, count, false);
        multiply(part(in[0], 0, first, count, false), part(in[0], 1, first, count, true), shared(probabilities, count, false), of.scale());
        if (bias != null) {
            memory byBias = sequence.shared(byBias(count), probabilities);
            ElementKernels.add(byBias, bias(bias, first, count), byBias, sequence);
        }
        ElementKernels.softmax(rows, sequence);
        multiply(shared(probabilities, count, true), dy, part(out[0], 2, first, count, false), 1);
        multiply(dy, part(in[0], 2, first, count, true), ofScores, 1);
        ElementKernels.softmaxGradient(rows, sequence.shared(rows(count), slopes), sequence);
        multiply(ofScores, part(in[0], 1, first, count, false), part(out[0], 0, first, count, false), of.scale());
        multiply(shared(slopes, count, true), part(in[0], 0, first, count, false), part(out[0], 1, first, count, false), of.scale());
    }

    /** Adds what some sequences contribute to the gradient of the bias: to the sum of each place at a time, or straight to the bias's own. */
    private void sum(memory slopes, memory total, INDArray gradient, long first, long count) {
        memory.desc flat = layout(count * scores);
        memory part = sequence.shared(flat, slopes);
        memory sum = total == null ? sequence.memory(flat, Views.at(gradient, first % groups * scores, 1)) : sequence.shared(flat, total);
        if (first < Math.max(atOnce(), groups)) {
            sequence.reorder(part, sum);
        } else {
            ElementKernels.add(part, sum, sum, sequence);
        }
    }

    /** Scores of some sequences, by the bias that they share. */
    private memory.desc byBias(long count) {
        return layout(rounds(count), count * scores / rounds(count));
    }

    private memory bias(INDArray bias, long first, long count) {
        return sequence.memory(layout(1, count * scores / rounds(count)), Views.at(bias, first % groups * scores, 1));
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

    private void multiply(memory a, memory b, memory c, double factor) {
        primitive_attr attributes = Sequence.attributes();
        if (factor != 1) {
            attributes.set_output_scales(0, new float[] {(float) factor});
        }
        matmul.primitive_desc description = describe(() -> new matmul.primitive_desc(
                new matmul.desc(a.get_desc(), b.get_desc(), c.get_desc()), attributes, ENGINE));
        sequence.add(new matmul(description), description, argument(DNNL_ARG_SRC, a), argument(DNNL_ARG_WEIGHTS, b), argument(DNNL_ARG_DST, c));
    }
}
