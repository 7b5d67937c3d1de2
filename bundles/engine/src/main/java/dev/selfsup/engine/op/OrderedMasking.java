package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A choice of visible patches by an order that is drawn elsewhere (Hou et al. 2022, <a href="https://arxiv.org/abs/2208.06049">arXiv:2208.06049</a>): of every sequence the first V
 * of the order stay visible. All patches in an order, int64 [B, L], to
 * <ul>
 * <li>the place of every patch in the order, int64 [B, L], which restores it;
 * <li>the visible patches, int64 [B, V], in the order;
 * <li>the masked patches, int64 [B, L - V], in the order;
 * <li>the rows of the visible patches among the patches of all sequences, int64 [B, V].
 * </ul>
 * No gradient.
 *
 * @param visible number V of visible patches of a sequence
 */
public record OrderedMasking(int visible) implements Operation {
    @Override
    public String name() {
        return "ordered_masking";
    }

    @Override
    public int outputs() {
        return 4;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] order = in.get(0);
        if (order.length != 2 || visible <= 0 || visible >= order[1]) {
            throw new IllegalArgumentException("of " + (order.length == 2 ? order[1] : 0) + " patches " + visible + " cannot be visible: some must be, and some not");
        }
        long[] seen = {order[0], visible};
        return List.of(order, seen, new long[] {order[0], order[1] - visible}, seen);
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return Collections.nCopies(outputs, DataType.INT64);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Orders orders = new Orders(Math.toIntExact(in[0].size(0)), Math.toIntExact(in[0].size(1)), visible);
        HostMemory from = new HostMemory(in[0]);
        HostMemory[] to = {new HostMemory(out[0]), new HostMemory(out[1]), new HostMemory(out[2]), new HostMemory(out[3])};
        return () -> {
            from.read(orders.order);
            orders.split();
            to[0].write(orders.places);
            to[1].write(orders.seen);
            to[2].write(orders.hidden);
            to[3].write(orders.rows);
        };
    }

    /** Orders of all sequences, on the host. */
    private static final class Orders {
        private final int batch;
        private final int length;
        private final int visible;
        private final long[] order;
        private final long[] places;
        private final long[] seen;
        private final long[] hidden;
        private final long[] rows;

        Orders(int batch, int length, int visible) {
            this.batch = batch;
            this.length = length;
            this.visible = visible;
            this.order = new long[batch * length];
            this.places = new long[batch * length];
            this.seen = new long[batch * visible];
            this.hidden = new long[batch * (length - visible)];
            this.rows = new long[batch * visible];
        }

        void split() {
            for (int b = 0; b < batch; b++) {
                for (int i = 0; i < length; i++) {
                    int patch = Math.toIntExact(PutRows.place(order[b * length + i], length));
                    places[b * length + patch] = i;
                    if (i < visible) {
                        seen[b * visible + i] = patch;
                        rows[b * visible + i] = (long) b * length + patch;
                    } else {
                        hidden[b * (length - visible) + i - visible] = patch;
                    }
                }
            }
        }
    }
}
