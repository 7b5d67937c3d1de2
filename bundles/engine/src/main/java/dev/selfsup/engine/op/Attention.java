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

/**
 * Multi-head scaled dot-product self-attention (Vaswani et al. 2017) on packed queries, keys and values: packed
 * [B * N, 3 * H * D] and optionally a bias of the scores, to {@code softmax(scale q k' + bias) v} [B * N, H * D] and
 * the probabilities [B * H, N, N]. The bias is [H, N, N], one for all sequences, or [G, H, N, N], where sequence b has that of place b mod G, as the windows of an image have masks. Gradients flow through the first alone; they compute the probabilities again, which are the largest of all arrays of a
 * transformer, rather than keep them.
 *
 * @param heads number of heads H
 * @param length tokens of a sequence N
 * @param scale factor on the products of queries and keys
 */
public record Attention(int heads, int length, double scale) implements Operation {
    @Override
    public String name() {
        return "attention";
    }

    @Override
    public int outputs() {
        return 2;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] packed = in.get(0);
        if (packed.length != 2 || packed[0] % length != 0 || packed[1] % (3L * heads) != 0) {
            throw new IllegalArgumentException("attention in " + heads + " heads over sequences of " + length + " tokens takes [B * " + length
                    + ", 3 * " + heads + " * D], not " + Arrays.toString(packed));
        }
        if (in.size() > 1) {
            checkBias(in.get(1), packed[0] / length);
        }
        return List.of(new long[] {packed[0], packed[1] / 3}, new long[] {packed[0] / length * heads, length, length});
    }

    private void checkBias(long[] bias, long sequences) {
        long[] one = {heads, length, length};
        boolean grouped = bias.length == 4 && Arrays.equals(Arrays.copyOfRange(bias, 1, 4), one) && sequences % bias[0] == 0;
        if (!grouped && !Arrays.equals(bias, one)) {
            throw new IllegalArgumentException("the bias of attention over " + sequences + " sequences must be " + Arrays.toString(one)
                    + ", perhaps behind a number that divides theirs, not " + Arrays.toString(bias));
        }
    }

    /** Sequences whose biases differ, G, after which they repeat. */
    public static long groups(INDArray bias) {
        return bias.rank() == 4 ? bias.size(0) : 1;
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        Gradient gradient = new Gradient(this, in.size() > 1);
        return in.size() > 1 ? graph.applyAll(gradient, in.get(0), gradients.get(0), in.get(1)) : graph.applyAll(gradient, in.get(0), gradients.get(0));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        Packed packed = packed(in[0]);
        INDArray probabilities = probabilities(steps, in[0], in.length > 1 ? in[1] : null, packed.scores(out[1]));
        INDArray value = steps.copy(packed.value(in[0]), Steps.temporary(packed.heads()));
        INDArray result = steps.matmul(probabilities, false, value, false, Steps.temporary(packed.heads()));
        steps.copy(result, packed.merged(out[0]));
        return steps;
    }

    /** The probabilities, [B, H, N, N]. */
    private INDArray probabilities(Steps steps, INDArray in, INDArray bias, INDArray scores) {
        Packed packed = packed(in);
        INDArray query = steps.copy(packed.query(in), Steps.temporary(packed.heads()));
        INDArray key = steps.copy(packed.key(in), Steps.temporary(packed.heads()));
        steps.matmul(query, false, key, true, scores);
        steps.multiply(scores, Steps.number(scale), scores);
        if (bias != null) {
            INDArray rounds = rounds(scores, bias);
            steps.add(rounds, Views.shaped(bias, 1, rounds.size(1)), rounds);
        }
        INDArray[] rows = {packed.rows(scores)};
        steps.then(new Softmax().plain(rows, rows));
        return scores;
    }

    /** Scores [B, H, N, N] by what shares a bias, [B / G, G * H * N * N]. */
    private static INDArray rounds(INDArray scores, INDArray bias) {
        return Views.shaped(scores, scores.length() / bias.length(), bias.length());
    }

    private Packed packed(INDArray array) {
        return new Packed(array.size(0) / length, length, heads, array.size(1) / 3 / heads);
    }

    /**
     * Its gradient: packed, dy and, with a bias, the bias to dpacked and dbias.
     *
     * @param of the attention
     * @param biased whether there is a bias
     */
    public record Gradient(Attention of, boolean biased) implements GradientOperation {
        @Override
        public String name() {
            return "attention_bp";
        }

        @Override
        public int outputs() {
            return biased ? 2 : 1;
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            List<long[]> shapes = new ArrayList<>(List.of(in.get(0)));
            if (biased) {
                shapes.add(in.get(2));
            }
            return shapes;
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            Packed packed = of.packed(in[0]);
            INDArray scores = Steps.temporary(packed.batch() * of.heads, of.length, of.length);
            INDArray probabilities = of.probabilities(steps, in[0], biased ? in[2] : null, packed.scores(scores));
            INDArray dy = steps.copy(packed.merged(in[1]), Steps.temporary(packed.heads()));
            INDArray head = Steps.temporary(packed.heads());
            INDArray result = Steps.temporary(packed.heads());
            steps.matmul(probabilities, true, dy, false, result);
            steps.copy(result, packed.value(out[0]));
            INDArray slopes = Steps.temporary(probabilities.shape());                   // of the probabilities, then of the scores
            steps.matmul(dy, false, steps.copy(packed.value(in[0]), head), true, slopes);
            INDArray[] rows = {packed.rows(probabilities), packed.rows(slopes)};
            steps.then(new Softmax.Gradient().plain(rows, new INDArray[] {rows[1]}));
            if (biased) {
                steps.sum(rounds(slopes, out[1]), Views.shaped(out[1], out[1].length()), 0);
            }
            steps.multiply(slopes, Steps.number(of.scale), slopes);
            steps.matmul(slopes, false, steps.copy(packed.key(in[0]), head), false, result);
            steps.copy(result, packed.query(out[0]));
            steps.matmul(slopes, true, steps.copy(packed.query(in[0]), head), false, result);
            steps.copy(result, packed.key(out[0]));
            return steps;
        }
    }
}
