package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sequences with one more token in front, the same for all: tokens [B, L, C] and a token of C elements, to [B, 1 + L, C].
 */
public record PrependToken() implements Operation {
    @Override
    public String name() {
        return "prepend_token";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] tokens = in.get(0);
        if (tokens.length != 3 || Arrays.stream(in.get(1)).reduce(1, (a, b) -> a * b) != tokens[2]) {
            throw new IllegalArgumentException(name() + " takes tokens [B, L, C] and one of C elements, not " + Arrays.toString(tokens) + " and "
                    + Arrays.toString(in.get(1)));
        }
        return List.of(new long[] {tokens[0], 1 + tokens[1], tokens[2]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        SDVariable dy = gradients.get(0);
        SDVariable ofTokens = graph.apply(new TokenRange(1, graph.shape(dy)[1]), dy);
        SDVariable ofToken = graph.apply(new BatchSum(), graph.apply(new TokenRange(0, 1), dy));
        return List.of(ofTokens, ofToken.reshape(graph.shape(in.get(1))));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        INDArray first = TokenRange.view(out[0], 0, 1);
        steps.fill(first, 0);
        steps.add(first, Views.shaped(in[1], 1, 1, in[1].length()), first);
        steps.copy(in[0], TokenRange.view(out[0], 1, out[0].size(1)));
        return steps;
    }
}
