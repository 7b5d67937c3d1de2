package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Elements by fixed places: {@code out[i] = x[indices[i]]}, both counted in C order. Serves shifts, fixed masks and
 * tables of relative positions. An element may be taken several times; its gradient is the sum.
 *
 * @param indices place of each output element in x
 * @param shape shape of the output
 */
public record Take(int[] indices, long... shape) implements Operation {
    /** Checks the number of indices. */
    public Take {
        if (indices.length != length(shape)) {
            throw new IllegalArgumentException(indices.length + " indices do not fill an array of shape " + Arrays.toString(shape));
        }
    }

    private static long length(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    @Override
    public String name() {
        return "take";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long length = length(in.get(0));
        for (int index : indices) {
            if (index < 0 || index >= length) {
                throw new IllegalArgumentException("index " + index + " is outside of an array of shape " + Arrays.toString(in.get(0)));
            }
        }
        return List.of(shape);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(new Gradient(this, graph.shape(in.get(0))), gradients.get(0)));
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        int row = row(in[0].length());
        return new Steps().then("gather", List.of(rows(in[0], row), places(row)), List.of(rows(out[0], row)), 0);
    }

    /** Length of the rows, of x and of the output alike, that are taken as a whole. */
    public int row(long length) {
        int row = gcd((int) length, indices.length);
        for (int i = 0; i < indices.length; i++) {
            if (i == 0 || indices[i] != indices[i - 1] + 1) {
                row = gcd(row, gcd(i, indices[i]));
            }
        }
        return row;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static INDArray rows(INDArray array, int row) {
        return Views.shaped(array, array.length() / row, row);
    }

    private INDArray places(int row) {
        int[] places = new int[indices.length / row];
        Arrays.setAll(places, i -> indices[i * row] / row);
        return Nd4j.createFromArray(places);
    }

    /**
     * Its gradient: dy to dx.
     *
     * @param of what was taken
     * @param shape shape of x
     */
    public record Gradient(Take of, long... shape) implements GradientOperation {
        @Override
        public String name() {
            return "take_bp";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return List.of(shape);
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            int row = of.row(out[0].length());
            INDArray dx = rows(out[0], row);
            return new Steps().then("unsorted_segment_sum", List.of(rows(in[0], row), of.places(row)), List.of(dx), dx.size(0));
        }
    }
}
