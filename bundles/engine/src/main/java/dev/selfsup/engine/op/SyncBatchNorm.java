package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Batch normalisation by the statistics of the batches of all processes, which are of one size. Both passes reduce over
 * the processes; with one process it is {@link BatchNorm}.
 *
 * @param epsilon added to the variance
 */
public record SyncBatchNorm(double epsilon) {
    /**
     * Adds it to a graph.
     *
     * @param graph where to add operations
     * @param in x [N, C] or [N, C, H, W], optionally weight [C] and bias [C]
     * @return y, mean [C] and biased variance [C] of all processes' elements
     */
    public List<SDVariable> apply(Graph graph, SDVariable... in) {
        if (graph.collectives().size() == 1) {
            return graph.applyAll(new BatchNorm(epsilon), in);
        }
        SDVariable x = in[0];
        long[] shape = graph.shape(x);
        long[] channels = BatchNorm.channels(shape);
        int[] others = Arrays.stream(ChannelSum.othersThanChannels(shape.length)).mapToInt(d -> (int) d).toArray();
        double count = (double) count(graph, shape);
        SDVariable mean = graph.allReduce(x.sum(true, others)).div(count);
        SDVariable centered = x.sub(mean);
        SDVariable variance = graph.allReduce(centered.mul(centered).sum(true, others)).div(count);
        SDVariable y = centered.mul(x.getSameDiff().math().rsqrt(variance.add(epsilon)));
        if (in.length > 1) {
            y = y.mul(in[1].reshape(channels)).add(in[2].reshape(channels));
        }
        return List.of(y, mean.reshape(shape[1]), variance.reshape(shape[1]));
    }

    /** Elements per channel of all processes: what {@link RunningStatistics} counts. */
    public static long count(Graph graph, long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b) / shape[1] * graph.collectives().size();
    }
}
