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
 * [B * N, 3 * H * D] and optionally a bias of the scores [H, N, N], to {@code softmax(scale q k' + bias) v} [B * N, H * D] and
 * the probabilities [B * H, N, N]. Gradients flow through the first alone.
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
        long[] bias = {heads, length, length};
        if (in.size() > 1 && !Arrays.equals(in.get(1), bias)) {
            throw new IllegalArgumentException("the bias of attention must be " + Arrays.toString(bias) + ", not " + Arrays.toString(in.get(1)));
        }
        return List.of(new long[] {packed[0], packed[1] / 3}, new long[] {packed[0] / length * heads, length, length});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        Gradient gradient = new Gradient(this, in.size() > 1);
        return graph.applyAll(gradient, in.get(0), out.get(1), gradients.get(0));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        Packed packed = packed(in[0]);
        INDArray query = steps.copy(packed.query(in[0]), Steps.temporary(packed.heads()));
        INDArray key = steps.copy(packed.key(in[0]), Steps.temporary(packed.heads()));
        INDArray value = steps.copy(packed.value(in[0]), Steps.temporary(packed.heads()));
        INDArray scores = packed.scores(out[1]);                                       // [B, H, N, N]
        steps.matmul(query, false, key, true, scores);
        steps.multiply(scores, Steps.number(scale), scores);
        if (in.length > 1) {
            steps.add(scores, Views.shaped(in[1], 1, heads, length, length), scores);
        }
        steps.then(new Softmax().plain(new INDArray[] {packed.rows(out[1])}, new INDArray[] {packed.rows(out[1])}));
        INDArray result = steps.matmul(scores, false, value, false, Steps.temporary(packed.heads()));
        steps.copy(result, packed.merged(out[0]));
        return steps;
    }

    private Packed packed(INDArray array) {
        return new Packed(array.size(0) / length, length, heads, array.size(1) / 3 / heads);
    }

    /**
     * Its gradient: packed, probabilities, dy to dpacked and, with a bias, its gradient.
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
                shapes.add(new long[] {of.heads, of.length, of.length});
            }
            return shapes;
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            Packed packed = of.packed(in[0]);
            INDArray probabilities = packed.scores(in[1]);
            INDArray dy = steps.copy(packed.merged(in[2]), Steps.temporary(packed.heads()));
            INDArray head = Steps.temporary(packed.heads());
            INDArray result = Steps.temporary(packed.heads());
            steps.matmul(probabilities, true, dy, false, result);
            steps.copy(result, packed.value(out[0]));
            INDArray slopes = Steps.temporary(probabilities.shape());                   // of the probabilities, then of the scores
            steps.matmul(dy, false, steps.copy(packed.value(in[0]), head), true, slopes);
            INDArray[] rows = {packed.rows(in[1]), packed.rows(slopes)};
            steps.then(new Softmax.Gradient().plain(rows, new INDArray[] {rows[1]}));
            if (biased) {
                steps.sum(slopes, out[1], 0);
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
