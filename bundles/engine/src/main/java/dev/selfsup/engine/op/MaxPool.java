package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Largest element of every window: x [N, C, H, W] to [N, C, OH, OW]. The gradient goes to the first of equal elements,
 * row by row.
 *
 * @param window the window
 */
public record MaxPool(Window window) implements Operation {
    /** A square window. */
    public MaxPool(int kernel, int stride, int padding, boolean ceilMode) {
        this(Window.square(kernel, stride, padding, ceilMode));
    }

    @Override
    public String name() {
        return "max_pool";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(window.output(in.get(0)));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(window), in.get(0), out.get(0), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        Window.Room room = room(steps, in[0]);
        steps.copy(room.elements().get(0), out[0]);
        for (INDArray element : room.elements().subList(1, room.elements().size())) {
            steps.maximum(out[0], element, out[0]);
        }
        return steps;
    }

    private Window.Room room(Steps steps, INDArray x) {
        Window.Room room = window.room(x.shape());
        steps.fill(room.padded(), Float.NEGATIVE_INFINITY);
        steps.copy(x, room.image());
        return room;
    }

    /**
     * Its gradient: x, y, dy to dx.
     *
     * @param window the window
     */
    public record Gradient(Window window) implements GradientOperation {
        @Override
        public String name() {
            return "max_pool_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return in.subList(0, 1);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            Window.Room values = new MaxPool(window).room(steps, in[0]);
            Window.Room slopes = window.room(in[0].shape());
            steps.fill(slopes.padded(), 0);
            INDArray open = steps.copy(in[2], Steps.temporary(in[2].shape()));
            INDArray below = Steps.temporary(in[2].shape());
            INDArray share = Steps.temporary(in[2].shape());
            for (int i = 0; i < values.elements().size(); i++) {
                steps.subtract(in[1], values.elements().get(i), below);
                steps.sign(below, below);
                steps.multiply(open, below, below);
                steps.subtract(open, below, share);
                steps.add(slopes.elements().get(i), share, slopes.elements().get(i));
                steps.copy(below, open);
            }
            steps.copy(slopes.image(), out[0]);
            return steps;
        }
    }
}
