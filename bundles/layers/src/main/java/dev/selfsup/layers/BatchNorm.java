package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.RunningStatistics;
import dev.selfsup.engine.op.SyncBatchNorm;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Batch normalisation over all dimensions but the second (Ioffe and Szegedy 2015), on [N, C] or [N, C, H, W]. Weights
 * {@code weight} [C], first 1, and {@code bias} [C], first 0; buffers {@code running_mean}, {@code running_var} [C] and
 * {@code num_batches_tracked}, which every application in training updates.
 *
 * @param type layer type, under which {@code init_cfg} and {@code paramwise_cfg} know it
 * @param epsilon added to the variance
 * @param momentum weight of the newest statistics in the running ones
 * @param affine whether there are weight and bias
 * @param synchronised whether statistics are those of all processes
 */
public record BatchNorm(LayerType type, double epsilon, double momentum, boolean affine, boolean synchronised) {
    /**
     * Makes the weights.
     *
     * @param graph the layer's place
     * @param channels C
     */
    public Layer build(Graph graph, int channels) {
        List<SDVariable> scaleAndShift = new ArrayList<>();
        if (affine) {
            scaleAndShift.add(graph.weight("weight", type, Fill.ONES, channels));
            scaleAndShift.add(graph.weight("bias", type, Fill.ZEROS, channels));
        }
        buffers(graph, channels);
        return graph.module(x -> graph.training() ? train(graph, channels, x, scaleAndShift) : infer(graph, channels, x, scaleAndShift));
    }

    private static List<SDVariable> buffers(Graph graph, int channels) {
        return List.of(
                graph.buffer("running_mean", DataType.FLOAT, Fill.ZEROS, channels),
                graph.buffer("running_var", DataType.FLOAT, Fill.ONES, channels),
                graph.buffer("num_batches_tracked", DataType.INT64, Fill.ZEROS));
    }

    private SDVariable train(Graph graph, int channels, SDVariable x, List<SDVariable> scaleAndShift) {
        SDVariable[] in = with(x, scaleAndShift);
        List<SDVariable> out = synchronised
                ? new SyncBatchNorm(epsilon).apply(graph, in)
                : graph.applyAll(new dev.selfsup.engine.op.BatchNorm(epsilon), in);
        long elements = synchronised ? SyncBatchNorm.count(graph, graph.shape(x)) : elements(graph.shape(x));
        List<SDVariable> old = buffers(graph, channels);
        List<SDVariable> updated = graph.applyAll(new RunningStatistics(momentum, elements),
                old.get(0), old.get(1), old.get(2), out.get(1), out.get(2));
        graph.assign("running_mean", updated.get(0));
        graph.assign("running_var", updated.get(1));
        graph.assign("num_batches_tracked", updated.get(2));
        return out.get(0);
    }

    private SDVariable infer(Graph graph, int channels, SDVariable x, List<SDVariable> scaleAndShift) {
        List<SDVariable> statistics = buffers(graph, channels);
        List<SDVariable> in = new ArrayList<>(List.of(x, statistics.get(0), statistics.get(1)));
        in.addAll(scaleAndShift);
        return graph.apply(new BatchNormInference(epsilon), in.toArray(SDVariable[]::new));
    }

    private static SDVariable[] with(SDVariable x, List<SDVariable> scaleAndShift) {
        List<SDVariable> in = new ArrayList<>(List.of(x));
        in.addAll(scaleAndShift);
        return in.toArray(SDVariable[]::new);
    }

    /** Elements of a channel. */
    private static long elements(long[] shape) {
        long elements = shape[0];
        for (int i = 2; i < shape.length; i++) {
            elements *= shape[i];
        }
        return elements;
    }
}
