package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Neighbouring tokens of every sequence: [B, N, C] to [B, to - from, C].
 *
 * @param from the first token
 * @param to the token behind the last
 */
public record TokenRange(long from, long to) implements Operation {
    @Override
    public String name() {
        return "token_range";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] tokens = in.get(0);
        if (tokens.length != 3 || from < 0 || to <= from || to > tokens[1]) {
            throw new IllegalArgumentException("tokens " + from + " to " + to + " of " + Arrays.toString(tokens) + " are not there");
        }
        return List.of(new long[] {tokens[0], to - from, tokens[2]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(this, graph.shape(in.get(0))[1]), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.copy(view(in[0], from, to), out[0]);
        return steps;
    }

    /** Some tokens of an array [B, N, C], without a copy. */
    static INDArray view(INDArray array, long from, long to) {
        long[] shape = {array.size(0), to - from, array.size(2)};
        return Views.of(array, from * array.size(2), shape, Nd4j.getStrides(array.shape(), 'c'));
    }

    /**
     * Its gradient: dy to dx, which is zero for the other tokens.
     *
     * @param of what was taken
     * @param length tokens N of x
     */
    public record Gradient(TokenRange of, long length) implements GradientOperation {
        @Override
        public String name() {
            return "token_range_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(new long[] {in.get(0)[0], length, in.get(0)[2]});
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            steps.fill(out[0], 0);
            steps.copy(in[0], view(out[0], of.from, of.to));
            return steps;
        }
    }
}
