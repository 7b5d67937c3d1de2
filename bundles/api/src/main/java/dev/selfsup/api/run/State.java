package dev.selfsup.api.run;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * State of a part of a run, as checkpoints keep it.
 *
 * @param tensors arrays by name
 * @param numbers series of numbers by name; a single number is a series of one
 */
public record State(Map<String, INDArray> tensors, Map<String, double[]> numbers) {
    /** No state. */
    public static final State NONE = new State(Map.of(), Map.of());

    public State {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors)); // in order of names, so that files of equal states are equal
        numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
    }

    /** State of numbers alone. */
    public static State of(Map<String, double[]> numbers) {
        return new State(Map.of(), numbers);
    }

    /** A single number, or another where there is none of that name. */
    public double number(String name, double otherwise) {
        double[] series = numbers.get(name);
        return series == null || series.length == 0 ? otherwise : series[0];
    }
}
