package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tokens plus what is common to all sequences: [B, N, C] and positions [1, N, C], to [B, N, C]. */
public record AddPositions() implements Operation {
    @Override
    public String name() {
        return "add_positions";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] tokens = in.get(0);
        if (tokens.length != 3 || !Arrays.equals(in.get(1), new long[] {1, tokens[1], tokens[2]})) {
            throw new IllegalArgumentException(name() + " takes tokens [B, N, C] and positions [1, N, C], not " + Arrays.toString(tokens) + " and "
                    + Arrays.toString(in.get(1)));
        }
        return List.of(tokens);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(gradients.get(0), graph.apply(new BatchSum(), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        steps.add(in[0], in[1], out[0]);
        return steps;
    }
}
