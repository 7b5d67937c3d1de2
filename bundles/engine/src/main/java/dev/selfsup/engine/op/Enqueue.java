package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The newest keys in the place of the oldest: queue [D, K], place (int64, [1]) and keys [N, D] to the queue with the keys as columns from the place on, and the
 * place after them. The column after the last is the first. No gradient.
 */
public record Enqueue() implements Operation {
    @Override
    public String name() {
        return "enqueue";
    }

    @Override
    public int outputs() {
        return 2;
    }

    @Override
    public boolean inPlace() {
        return true;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] queue = in.get(0);
        long[] keys = in.get(2);
        if (queue.length != 2 || keys.length != 2 || keys[1] != queue[0]) {
            throw new IllegalArgumentException("keys are rows [N, D] of a queue [D, K], not " + Arrays.toString(keys) + " of " + Arrays.toString(queue));
        }
        if (keys[0] > queue[1]) {
            throw new IllegalArgumentException("a queue of " + queue[1] + " keys cannot take " + keys[0]
                    + " at once: raise queue_len, or lower train_dataloader.batch_size");
        }
        return in.subList(0, 2);
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return List.of(DataType.FLOAT, DataType.INT64);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.nCopies(in.size(), null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        long length = in[0].size(1);
        long count = in[2].size(0);
        boolean copies = !Views.same(in[0], out[0]);
        return () -> {
            if (copies) {
                out[0].assign(in[0]);
            }
            long place = in[1].getLong(0);
            long first = Math.min(count, length - place);
            write(out[0], place, in[2], 0, first);
            if (first < count) {
                write(out[0], 0, in[2], first, count - first);
            }
            out[1].putScalar(0, (place + count) % length);
        };
    }

    /** Rows of the keys become columns of the queue. */
    private static void write(INDArray queue, long column, INDArray keys, long row, long count) {
        long features = queue.size(0);
        long[] shape = {features, count};
        Views.of(queue, column, shape, new long[] {queue.size(1), 1}).assign(Views.of(keys, row * features, shape, new long[] {1, features}));
    }
}
