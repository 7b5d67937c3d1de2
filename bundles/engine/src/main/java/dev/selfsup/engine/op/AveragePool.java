package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean of every window: x [N, C, H, W] to [N, C, OH, OW].
 *
 * @param window the window
 * @param countIncludePad whether elements on the padding count as zeros; those beyond it never count
 */
public record AveragePool(Window window, boolean countIncludePad) implements Operation {
    /** A square window. */
    public AveragePool(int kernel, int stride, int padding, boolean ceilMode, boolean countIncludePad) {
        this(Window.square(kernel, stride, padding, ceilMode), countIncludePad);
    }

    @Override
    public String name() {
        return "average_pool";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(window.output(in.get(0)));
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(this, graph.shape(in.get(0))), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Steps steps = new Steps();
        Window.Room room = window.room(in[0].shape());
        steps.fill(room.padded(), 0);
        steps.copy(in[0], room.image());
        steps.fill(out[0], 0);
        for (INDArray element : room.elements()) {
            steps.add(out[0], element, out[0]);
        }
        steps.divide(out[0], window.counts(in[0].shape(), countIncludePad), out[0]);
        return steps;
    }

    /**
     * Its gradient: dy to dx.
     *
     * @param of the pooling
     * @param shape shape of x
     */
    public record Gradient(AveragePool of, long... shape) implements GradientOperation {
        @Override
        public String name() {
            return "average_pool_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(shape);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            Steps steps = new Steps();
            INDArray share = Steps.temporary(in[0].shape());
            steps.divide(in[0], of.window.counts(shape, of.countIncludePad), share);
            Window.Room room = of.window.room(shape);
            steps.fill(room.padded(), 0);
            for (INDArray element : room.elements()) {
                steps.add(element, share, element);
            }
            steps.copy(room.image(), out[0]);
            return steps;
        }
    }
}
