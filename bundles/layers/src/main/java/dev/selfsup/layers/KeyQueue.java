package dev.selfsup.layers;

import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Enqueue;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The queue of keys of earlier batches that MoCo compares with (He et al. 2019, <a href="https://arxiv.org/abs/1911.05722">arXiv:1911.05722</a>): the buffers
 * {@code <name>} [D, K], at first random columns of length 1, and {@code <name>_ptr} [1], the place of the oldest keys.
 */
public final class KeyQueue {
    private final Graph graph;
    private final String name;
    private final SDVariable keys;
    private final SDVariable place;

    private KeyQueue(Graph graph, String name, int features, int length) {
        this.graph = graph;
        this.name = name;
        this.keys = graph.buffer(name, DataType.FLOAT, KeyQueue::directions, features, length);
        this.place = graph.buffer(name + "_ptr", DataType.INT64, Fill.ZEROS, 1);
    }

    /**
     * Makes the buffers.
     *
     * @param graph place of the module that has the queue
     * @param name name of the buffer
     * @param features D
     * @param length K, at least the number of keys in the batches of all processes
     */
    public static KeyQueue build(Graph graph, String name, int features, int length) {
        return new KeyQueue(graph, name, features, length);
    }

    /** Fills [D, K] with columns of length 1 in all directions alike. */
    private static void directions(float[] values, long[] shape, java.util.random.RandomGenerator random) {
        Fill.normal(0, 1).fill(values, shape, random);
        int length = Math.toIntExact(shape[1]);
        for (int column = 0; column < length; column++) {
            double squares = 0;
            for (int i = column; i < values.length; i += length) {
                squares += (double) values[i] * values[i];
            }
            for (int i = column; i < values.length; i += length) {
                values[i] /= (float) Math.max(Math.sqrt(squares), 1e-12);
            }
        }
    }

    /** The keys as they are before this step, [D, K]. */
    public SDVariable keys() {
        return keys;
    }

    /**
     * Puts keys in the place of the oldest, after the step.
     *
     * @param newest keys of this process, [N, D]; those of all processes are taken
     */
    public void enqueue(SDVariable newest) {
        List<SDVariable> next = graph.applyAll(new Enqueue(), keys, place, graph.allGather(newest));
        graph.assignAfter(name, next.get(0));
        graph.assignAfter(name + "_ptr", next.get(1));
    }
}
