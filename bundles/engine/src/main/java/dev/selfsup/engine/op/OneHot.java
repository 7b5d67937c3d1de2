package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.NativeOps;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Classes as unit vectors: int64 [N] to float32 [N, depth], 1 where the column is the class, else 0. Class -1 is none: its row has no 1. Any other that is not from 0 to depth - 1
 * is an {@link IllegalArgumentException} when it runs. No gradient.
 *
 * @param depth number of classes
 */
public record OneHot(int depth) implements Operation {
    @Override
    public String name() {
        return "one_hot";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {in.get(0)[0], depth});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        Kernel rows = NativeOps.kernel("onehot", List.of(in[0]), List.of(out[0]), new long[] {-1, depth}, new double[] {1, 0});
        long[] place = new long[1];                                                // [N]; made once, since a run allocates nothing
        long count = in[0].length();
        return () -> {
            for (place[0] = 0; place[0] < count; place[0]++) {
                column(in[0].getLong(place));
            }
            rows.run();
        };
    }

    /** The column of a class, which is checked: a row without a 1 would count in a loss as if it were learnt. */
    public int column(long number) {
        if (number < -1 || number >= depth) {
            throw new IllegalArgumentException("label " + number + " is none of the " + depth + " classes, which are 0 to " + (depth - 1)
                    + ": set num_classes, or num_embed where classes are visual words, of the head to as many as there are");
        }
        return (int) number;
    }
}
