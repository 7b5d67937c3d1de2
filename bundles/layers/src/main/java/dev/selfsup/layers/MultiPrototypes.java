package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/** Several sets of prototypes, each a linear layer without bias: from features [N, D] to scores [N, K] for every set. */
public final class MultiPrototypes {
    private MultiPrototypes() {}

    /**
     * Makes the weights {@code prototypes<i>.weight} [K, D].
     *
     * @param graph the module's place
     * @param features D
     * @param numbers K of every set
     */
    public static Function<SDVariable, List<SDVariable>> build(Graph graph, int features, List<Integer> numbers) {
        List<Layer> sets = IntStream.range(0, numbers.size())
                .mapToObj(i -> Linear.build(graph.in(place(i)), features, numbers.get(i), false)).toList();
        return x -> sets.stream().map(set -> set.apply(x)).toList();
    }

    /** Name of the place of a set. */
    public static String place(int set) {
        return "prototypes" + set;
    }
}
