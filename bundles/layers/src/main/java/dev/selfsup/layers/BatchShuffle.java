package dev.selfsup.layers;

import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GatherRows;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The batches of all processes, shuffled among them and back (He et al. 2019, <a href="https://arxiv.org/abs/1911.05722">arXiv:1911.05722</a>, section 3.3): the
 * statistics by which keys are normalised are then not those of the images whose queries they are compared with, which would give the answer away. The draw is
 * {@code rand/randperm#<n>}, the same in all processes.
 */
public final class BatchShuffle {
    private final Graph graph;
    private final long rows;
    private final SDVariable places;

    private BatchShuffle(Graph graph, long rows) {
        this.graph = graph;
        this.rows = rows;
        this.places = graph.draw(Draw.permutation(), rows * graph.collectives().size());
    }

    /**
     * Draws an order.
     *
     * @param graph the graph
     * @param rows images of this process's batch, N
     */
    public static BatchShuffle draw(Graph graph, long rows) {
        return new BatchShuffle(graph, rows);
    }

    /** This process's part of the shuffled batch, [N, ...] of [N, ...]. */
    public SDVariable shuffle(SDVariable x) {
        long[] shape = graph.shape(x);
        SDVariable all = graph.allGather(x).reshape(rows * graph.collectives().size(), -1);
        return graph.apply(new GatherRows(), all, own(places)).reshape(shape);
    }

    /** What belongs to this process's own images again, [N, ...] of [N, ...]. No gradient flows through it. */
    public SDVariable unshuffle(SDVariable x) {
        long[] shape = graph.shape(x);
        long total = rows * graph.collectives().size();
        SDVariable all = graph.allGather(x).reshape(total, -1);
        return own(graph.apply(new GatherRows.Gradient(total), all, places)).reshape(shape);
    }

    /** This process's share of the rows of all. */
    private SDVariable own(SDVariable all) {
        if (graph.collectives().size() == 1) {
            return all;
        }
        long first = rows * graph.collectives().rank();
        SDIndex share = SDIndex.interval(first, first + rows);
        return graph.shape(all).length == 1 ? all.get(share) : all.get(share, SDIndex.all());
    }
}
