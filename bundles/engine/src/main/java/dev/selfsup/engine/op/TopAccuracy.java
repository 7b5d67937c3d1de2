package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Share of samples, in percent, whose class is among the k of the highest scores: scores [N, K] and classes int64 [N] to a scalar. As in the
 * reference a score counts only if it is positive. No gradient.
 *
 * @param top k
 */
public record TopAccuracy(int top) implements Operation {
    @Override
    public String name() {
        return "top_accuracy";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[0]);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Arrays.asList(null, null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        long samples = in[0].size(0);
        return () -> {
            long right = 0;
            for (long sample = 0; sample < samples; sample++) {
                right += isRight(in[0], sample, in[1].getLong(sample)) ? 1 : 0;
            }
            out[0].assign(100.0 * right / samples);
        };
    }

    private boolean isRight(INDArray scores, long sample, long label) {
        long classes = scores.size(1);
        double score = scores.getDouble(sample * classes + label);
        int higher = 0;
        for (long k = 0; k < classes; k++) {
            higher += scores.getDouble(sample * classes + k) > score ? 1 : 0;
        }
        return score > 0 && higher < top;
    }
}
