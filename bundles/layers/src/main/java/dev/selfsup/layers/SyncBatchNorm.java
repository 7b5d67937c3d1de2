package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** Batch normalisation with the statistics of all processes, which reduces in the forward and in the backward pass. */
final class SyncBatchNorm {
    private SyncBatchNorm() {}

    /** Normalised x, mean [C] and biased variance [C], as {@link dev.selfsup.engine.op.BatchNorm} gives them for one process. */
    static List<SDVariable> apply(Graph graph, double epsilon, SDVariable x, List<SDVariable> scaleAndShift) {
        long[] shape = graph.shape(x);
        double total = (double) BatchNorm.elements(shape) * graph.collectives().size();
        int[] dimensions = shape.length == 2 ? new int[] {0} : new int[] {0, 2, 3};
        long[] perChannel = new long[shape.length];
        java.util.Arrays.fill(perChannel, 1);
        perChannel[1] = shape[1];

        SDVariable mean = graph.allReduce(x.sum(dimensions)).div(total);                       // [C]
        SDVariable centred = x.sub(mean.reshape(perChannel));                                  // [N, C, ...]
        SDVariable variance = graph.allReduce(centred.mul(centred).sum(dimensions)).div(total); // [C]
        SDVariable y = centred.div(graph.math().sqrt(variance.add(epsilon)).reshape(perChannel));
        if (!scaleAndShift.isEmpty()) {
            y = y.mul(scaleAndShift.get(0).reshape(perChannel)).add(scaleAndShift.get(1).reshape(perChannel));
        }
        return List.of(y, mean, variance);
    }
}
